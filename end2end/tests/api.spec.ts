// The published client of the reference's public API, with its base path set to ours.
import {
  AuditTrailApi,
  IAMGroupsApi,
  IAMRolesApi,
  IAMUsersApi,
  LabelsApi,
  type PermissionInputV1,
  PermissionResourceV1,
  type UserV1,
  WorkspacesApi,
  unwrap,
} from '@segment/public-api-sdk-typescript';

import { expect, test } from '../fixtures/index.ts';
import type { Server } from '../fixtures/server.ts';

const { SOURCE, WORKSPACE } = PermissionResourceV1.TypeEnum;

function client(server: Server, token: string) {
  const of = <T extends { accessToken: string | (() => string) }>(Api: new (basePath: string) => T): T => {
    const api = new Api(`${server.url}/api`);
    api.accessToken = token;
    return api;
  };
  return {
    audit: of(AuditTrailApi),
    groups: of(IAMGroupsApi),
    labels: of(LabelsApi),
    roles: of(IAMRolesApi),
    users: of(IAMUsersApi),
    workspaces: of(WorkspacesApi),
  };
}

interface Seeded {
  slug: string;
  owner: string;
}

/** A made-up workspace on the Business plan, and the client with a token of it. */
async function seeded(server: Server, ...sizes: string[]) {
  const made: Seeded = JSON.parse(await server.command('--json', 'seed', ...sizes));
  await server.command('workspace', 'set-plan', made.slug, 'business');
  return { ...made, ...client(server, await token(server, made.slug, '--owner-access')) };
}

async function token(server: Server, workspace: string, ...how: string[]): Promise<string> {
  const made = JSON.parse(await server.command('--json', 'token', 'create', 'client', '--workspace', workspace, ...how));
  return made.token;
}

const small = ['--members', '12', '--groups', '3', '--resources', '40'];

/** A source that somebody has a role on. */
function someSource(users: UserV1[]): string {
  const resources = users.flatMap((user) => user.permissions ?? []).flatMap((permission) => permission.resources);
  const source = resources.find((resource) => resource.type === SOURCE);
  expect(source, 'the seed gives somebody a role on a named source').toBeDefined();
  return source!.id;
}

/** What somebody holds, in the order of the roles' names: what was given at once has no order of its own. */
function inOrder({ permissions }: Pick<UserV1, 'permissions'>) {
  return permissions!.toSorted((one, other) => one.roleName.localeCompare(other.roleName));
}

test('the workspace, its roles, and 2,500 users by the thousand', async ({ server }) => {
  const api = await seeded(server, '--members', '2500', '--groups', '20', '--resources', '200');
  const { workspace } = await unwrap(api.workspaces.getWorkspace());
  expect(workspace.slug).toBe(api.slug);
  const { roles } = await unwrap(api.roles.listRoles({ count: 100 }));
  expect(roles.map((role) => role.name)).toEqual(expect.arrayContaining(['Workspace Owner', 'Source Admin']));

  const users: UserV1[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await unwrap(api.users.listUsers(cursor ? { count: 1_000, cursor } : { count: 1_000 }));
    users.push(...page.users);
    sizes.push(page.users.length);
    expect(page.pagination.totalEntries).toBe(users.length > 2_000 ? users.length : page.pagination.totalEntries);
    cursor = page.pagination.next ?? undefined;
  } while (cursor);
  expect(sizes).toEqual([1_000, 1_000, users.length - 2_000]);
  expect(users.length).toBeGreaterThanOrEqual(2_500);
  expect(new Set(users.map((user) => user.id)).size).toBe(users.length);
  const owner = users.find((user) => user.email === api.owner)!;
  expect(owner.permissions![0]).toMatchObject({ roleId: 'workspace_owner', resources: [{ id: workspace.id, type: WORKSPACE }] });

  const back = await unwrap(api.users.listUsers({ count: 1_000, cursor: 'start' }));
  expect(back.users.map((user) => user.id)).toEqual(users.slice(0, 1_000).map((user) => user.id));
  const { user } = await unwrap(api.users.getUser(owner.id));
  expect(user).toEqual(owner);
});

test('permissions with each kind of scope are added and replaced, for users and groups', async ({ server }) => {
  const api = await seeded(server, ...small);
  const { workspace } = await unwrap(api.workspaces.getWorkspace());
  const { users } = await unwrap(api.users.listUsers({ count: 100 }));
  const user = users.find((one) => one.email !== api.owner)!;
  const source = someSource(users);
  const all: PermissionInputV1 = { roleId: 'function_admin', resources: [{ id: workspace.id, type: WORKSPACE }] };
  const only: PermissionInputV1 = { roleId: 'source_admin', resources: [{ id: source, type: SOURCE }] };
  const labelled: PermissionInputV1 = {
    roleId: 'source_read_only',
    resources: [{ id: workspace.id, type: WORKSPACE, labels: [{ key: 'region', value: 'apac' }] }],
  };

  const replaced = await unwrap(api.users.replacePermissionsForUser(user.id, { permissions: [all, only] }));
  expect(inOrder(replaced)).toMatchObject([all, only]);
  const added = await unwrap(api.users.addPermissionsToUser(user.id, { permissions: [labelled] }));
  expect(inOrder(added)).toMatchObject([all, only, labelled]);
  const now = await unwrap(api.users.getUser(user.id));
  expect(inOrder(now.user)).toMatchObject([all, only, labelled]);

  const { userGroups } = await unwrap(api.groups.listUserGroups({ count: 1 }));
  const group = userGroups[0]!;
  const ofGroup = await unwrap(api.groups.replacePermissionsForUserGroup(group.id, { permissions: [labelled] }));
  expect(ofGroup.permissions).toMatchObject([labelled]);
  const more = await unwrap(api.groups.addPermissionsToUserGroup(group.id, { permissions: [all] }));
  expect(inOrder(more)).toMatchObject([all, labelled]);

  // an owner is one by a permission too, and the last one stays
  const toOwner = [{ roleId: 'workspace_owner', resources: [{ id: workspace.id, type: WORKSPACE }] }];
  const owners = await unwrap(api.users.addPermissionsToUser(user.id, { permissions: toOwner }));
  expect(owners.permissions[0]).toMatchObject(toOwner[0]!);
  await unwrap(api.users.replacePermissionsForUser(user.id, { permissions: [] }));
  const last = users.find((one) => one.email === api.owner)!;
  await expect(unwrap(api.users.replacePermissionsForUser(last.id, { permissions: [] }))).rejects.toMatchObject({
    type: 'conflict',
    message: expect.stringContaining('last owner'),
  });
});

test('groups are made, renamed and deleted; members and invites come and go by their addresses', async ({ server }) => {
  const api = await seeded(server, ...small);
  const { users } = await unwrap(api.users.listUsers({ count: 100 }));
  const [one, two] = users.filter((user) => user.email !== api.owner) as [UserV1, UserV1];
  const invited = 'lea.new@acme.test';
  await unwrap(api.users.createInvites({ invites: [{ email: invited }] }));

  const { userGroup } = await unwrap(api.groups.createUserGroup({ name: 'Night shift' }));
  expect(userGroup).toMatchObject({ name: 'Night shift', memberCount: 0 });
  const { id } = userGroup;
  const joined = await unwrap(api.groups.addUsersToUserGroup(id, { emails: [one.email, invited] }));
  expect(joined.userGroup.memberCount).toBe(1);
  const inside = async () => {
    const members = await unwrap(api.groups.listUsersFromUserGroup(id, { count: 10 }));
    const invites = await unwrap(api.groups.listInvitesFromUserGroup(id, { count: 10 }));
    return [members.users.map((user) => user.email), invites.emails];
  };
  expect(await inside()).toEqual([[one.email], [invited]]);
  const theirs = await unwrap(api.users.listUserGroupsFromUser(one.id, { count: 100 }));
  expect(theirs.groups).toContainEqual({ id, name: 'Night shift' });

  await unwrap(api.groups.replaceUsersInUserGroup(id, { emails: [two.email] }));
  expect(await inside()).toEqual([[two.email], []]);
  await unwrap(api.groups.addUsersToUserGroup(id, { emails: [one.email, invited] }));
  const removed = await unwrap(api.groups.removeUsersFromUserGroup(id, [one.email, invited]));
  expect(removed.status).toBe('SUCCESS');
  expect(await inside()).toEqual([[two.email], []]);

  const renamed = await unwrap(api.groups.updateUserGroup(id, { name: 'Day shift' }));
  expect(renamed.userGroup).toMatchObject({ id, name: 'Day shift', memberCount: 1 });
  expect((await unwrap(api.groups.getUserGroup(id))).userGroup.name).toBe('Day shift');
  expect((await unwrap(api.groups.deleteUserGroup(id))).status).toBe('SUCCESS');
  await expect(unwrap(api.groups.getUserGroup(id))).rejects.toMatchObject({ type: 'not-found' });
  expect((await unwrap(api.users.listUsers({ count: 100 }))).users).toHaveLength(users.length);
});

test('people are invited with what they will have, and users are deleted', async ({ server, mailbox }) => {
  const api = await seeded(server, ...small);
  const { workspace } = await unwrap(api.workspaces.getWorkspace());
  const everything = [{ id: workspace.id, type: WORKSPACE }];
  const invites = [
    { email: 'ada@acme.test', permissions: [{ roleId: 'source_admin', resources: everything }] },
    { email: 'bo@acme.test', permissions: [{ roleId: 'source_admin', labels: [{ key: 'region', value: 'emea' }] }] },
    { email: 'cy@acme.test' },
  ];
  const sent = await unwrap(api.users.createInvites({ invites }));
  expect(sent.emails.toSorted()).toEqual(['ada@acme.test', 'bo@acme.test', 'cy@acme.test']);
  await mailbox.waitFor('ada@acme.test');
  const pending = async () => (await unwrap(api.users.listInvites({ count: 100 }))).invites;
  expect(await pending()).toEqual(['ada@acme.test', 'bo@acme.test', 'cy@acme.test']);
  expect((await unwrap(api.users.deleteInvites(['ada@acme.test', 'cy@acme.test']))).status).toBe('SUCCESS');
  expect(await pending()).toEqual(['bo@acme.test']);

  const before = await unwrap(api.users.listUsers({ count: 100 }));
  const gone = before.users.filter((user) => user.email !== api.owner).slice(0, 2);
  expect((await unwrap(api.users.deleteUsers(gone.map((user) => user.id)))).status).toBe('SUCCESS');
  const after = await unwrap(api.users.listUsers({ count: 100 }));
  expect(after.pagination.totalEntries).toBe(before.pagination.totalEntries! - 2);
  await expect(unwrap(api.users.getUser(gone[0]!.id))).rejects.toMatchObject({ type: 'not-found' });
});

test('labels are made and deleted, and the trail tells all of it', async ({ server }) => {
  const api = await seeded(server, ...small);
  const label = { key: 'tier', value: 'gold', description: 'What must not stop' };
  expect((await unwrap(api.labels.createLabel({ label }))).label).toEqual(label);
  expect((await unwrap(api.labels.listLabels())).labels).toContainEqual(label);
  await expect(unwrap(api.labels.createLabel({ label }))).rejects.toMatchObject({ type: 'validation', field: 'label.value' });
  expect((await unwrap(api.labels.deleteLabel('tier', 'gold'))).status).toBe('SUCCESS');
  await expect(unwrap(api.labels.deleteLabel('environment', 'dev'))).rejects.toMatchObject({ type: 'conflict' });

  const page = await unwrap(api.audit.listAuditEvents({ count: 2 }));
  expect(page.events.map((event) => [event.type, event.resourceName])).toEqual([
    ['label_deleted', 'tier:gold'],
    ['label_created', 'tier:gold'],
  ]);
  const older = await unwrap(api.audit.listAuditEvents({ count: 2, cursor: page.pagination!.next! }));
  expect(older.events[0]!.type).toBe('token_created');
  const since = await unwrap(api.audit.listAuditEvents({ count: 10 }, page.events[0]!.timestamp));
  expect(since.events.map((event) => event.id)).toEqual([page.events[0]!.id]);
  const { workspace } = await unwrap(api.workspaces.getWorkspace());
  const about = await unwrap(api.audit.listAuditEvents({ count: 10 }, undefined, undefined, workspace.id, 'WORKSPACE'));
  expect(about.events.map((event) => event.type)).toContain('label_created');
});

test('refusals are what the client knows how to tell', async ({ server }) => {
  const api = await seeded(server, ...small);
  const weak = client(server, await token(server, api.slug, '--role', 'source_admin'));
  expect((await unwrap(weak.workspaces.getWorkspace())).workspace.slug).toBe(api.slug);
  await expect(unwrap(weak.users.listUsers({ count: 10 }))).rejects.toMatchObject({
    type: 'forbidden',
    message: expect.stringContaining('owner access'),
  });
  const wrong = client(server, 'rc_ws_nothing');
  const refused = await wrong.users.listUsers({ count: 10 }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'HttpError', statusCode: 401, body: { errors: [{ type: 'unauthorized' }] } });

  await expect(unwrap(api.users.listUsers({ count: 1_001 }))).rejects.toMatchObject({ type: 'validation', field: 'pagination.count' });
  await expect(unwrap(api.users.getUser('nobody'))).rejects.toMatchObject({ type: 'not-found' });
  const { response } = await api.roles.listRoles({ count: 1 }, { headers: { 'X-Request-Id': 'mine-7' } });
  expect(response.headers).toMatchObject({ 'request-id': 'mine-7', 'x-ratelimit-remaining': expect.stringMatching(/^5\d\d$/) });
});
