/** `tenants/{t}`. */
export interface TenantDocument {
  readonly tenantId: string;
  readonly status: 'active';
}

/** `tenants/{t}/users/{uid}`. */
export interface MembershipDocument {
  readonly uid: string;
  readonly role: 'owner';
}

/** `users/{uid}`. */
export interface UserDocument {
  readonly uid: string;
  readonly tenantId: string;
}
