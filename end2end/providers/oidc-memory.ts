// What the OpenID Connect provider remembers: it outlives the provider's being built anew with other keys or clients. Nothing expires in a test.
import type { Adapter, AdapterPayload } from 'oidc-provider';

export class Memory {
  private readonly kept = new Map<string, AdapterPayload>();

  /** All that belongs to somebody. */
  forget(account: string): void {
    for (const [id, payload] of this.kept) if (payload.accountId === account) this.kept.delete(id);
  }

  /** The sessions that somebody has, as each client knows its own. */
  sessions(account: string): { client: string; sid: string }[] {
    return [...this.kept]
      .filter(([id, payload]) => id.startsWith('Session:') && payload.accountId === account)
      .flatMap(([, payload]) => Object.entries(payload.authorizations ?? {}))
      .flatMap(([client, { sid }]) => (sid ? [{ client, sid }] : []));
  }

  /** One kind of things: sessions, grants, codes. */
  of(kind: string): Adapter {
    const { kept } = this;
    const key = (id: string) => `${kind}:${id}`;
    const where = (fits: (payload: AdapterPayload) => boolean) =>
      [...kept].find(([id, payload]) => id.startsWith(`${kind}:`) && fits(payload))?.[1];
    return {
      upsert: async (id, payload) => void kept.set(key(id), payload),
      find: async (id) => kept.get(key(id)),
      findByUid: async (uid) => where((payload) => payload.uid === uid),
      findByUserCode: async (code) => where((payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = kept.get(key(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
      },
      destroy: async (id) => void kept.delete(key(id)),
      revokeByGrantId: async (grant) => {
        for (const [id, payload] of kept) if (payload.grantId === grant) kept.delete(id);
      },
    };
  }
}
