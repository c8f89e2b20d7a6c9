/** Where `npm start` keeps what it runs on, unless told otherwise. */
export const usualDataDir = '.bellwether';
