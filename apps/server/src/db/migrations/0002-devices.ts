/** Policies, devices and the work they are given. */
export const sql = `
create table policy (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  name text not null,
  description text not null default '',
  os_type text not null check (os_type in ('linux', 'windows', 'macos')),
  -- A benchmark's id, e.g. cis-debian-12; null: the one for each device's platform.
  benchmark text,
  -- null: the newest.
  benchmark_version text,
  level smallint not null check (level in (1, 2)),
  -- Made as "custom" through the CIS interface; the level is the one it is based on.
  custom boolean not null default false,
  profile text not null default 'server' check (profile in ('server', 'workstation')),
  exclusions text[] not null default '{}',
  scoring text not null check (scoring in ('weighted', 'flat')),
  threshold double precision not null default 80 check (threshold between 0 and 100),
  schedule_enabled boolean not null,
  interval_minutes integer not null check (interval_minutes between 5 and 10080),
  next_scan_at timestamptz,
  enabled boolean not null default true,
  -- Counts the changes that can alter a verdict or a score.
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index policy_organisation on policy (org_id, created_at, id);
create index policy_due on policy (next_scan_at) where enabled and schedule_enabled;
call protect_by_organisation('policy');

create table device (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  hostname text not null,
  os_type text not null check (os_type in ('linux', 'windows', 'macos')),
  platform jsonb not null,
  agent_version text not null,
  -- Ed25519, SPKI.
  public_key bytea not null,
  enrolled_at timestamptz not null default now(),
  last_seen_at timestamptz,
  -- Online until then; a server that dies stops pushing it forward.
  online_until timestamptz,
  -- The set its last acknowledged upload gave.
  fact_set_id bigint
) with (fillfactor = 70);
create index device_organisation on device (org_id, hostname, id);
call protect_by_organisation('device');

-- Open work only: a row goes when its work is done, so that history lives in results and in the audit log.
create table work_item (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  created_at timestamptz not null default now(),
  -- Spreads scheduled scans of a large fleet.
  available_at timestamptz not null default now(),
  claimed_until timestamptz,
  attempts smallint not null default 0,
  unique (device_id, policy_id)
) with (fillfactor = 70);
call protect_by_organisation('work_item');
`;
