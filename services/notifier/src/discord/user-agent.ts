/** In the form that Discord asks for. */
export const userAgent = 'DiscordBot (bellwether, 0.1.0)';
