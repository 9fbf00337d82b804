/** Roles, row-level security, organisations, people, tokens, the audit chain and the outbox. */
export const sql = `
-- Roles belong to the cluster, so another database of it may have made them already.
do $$ begin create role holdfast_app nologin; exception when duplicate_object then null; end $$;
do $$ begin create role holdfast_system nologin; exception when duplicate_object then null; end $$;
do $$ begin
  if not pg_has_role(current_user, 'holdfast_app', 'member') then grant holdfast_app to current_user; end if;
  if not pg_has_role(current_user, 'holdfast_system', 'member') then grant holdfast_system to current_user; end if;
end $$;
grant usage on schema public to holdfast_app, holdfast_system;

create function current_org() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;

-- Every table with org_id goes through here: an organisation's transaction sees and writes its own rows only.
create procedure protect_by_organisation(target regclass, privileges text default 'select, insert, update, delete')
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_organisation on %s to holdfast_app using (org_id = current_org()) with check (org_id = current_org())', target);
  execute format('create policy every_organisation on %s to holdfast_system using (true) with check (true)', target);
  execute format('grant %s on %s to holdfast_app, holdfast_system', privileges, target);
end $$;

create table organisation (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);
alter table organisation enable row level security;
alter table organisation force row level security;
create policy own_organisation on organisation to holdfast_app using (id = current_org()) with check (id = current_org());
create policy every_organisation on organisation to holdfast_system using (true) with check (true);
grant select on organisation to holdfast_app;
grant select, insert, update, delete on organisation to holdfast_system;

create table user_account (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  name text not null,
  password_hash text,
  -- Administers every organisation, with every permission.
  administrator boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index user_account_email on user_account (lower(email));

create table membership (
  org_id uuid not null references organisation (id) on delete cascade,
  user_id uuid not null references user_account (id) on delete cascade,
  permissions text[] not null,
  created_at timestamptz not null default now(),
  primary key (user_id, org_id)
);
call protect_by_organisation('membership');

alter table user_account enable row level security;
alter table user_account force row level security;
create policy members on user_account for select to holdfast_app
  using (exists (select 1 from membership where membership.user_id = user_account.id and membership.org_id = current_org()));
create policy every_organisation on user_account to holdfast_system using (true) with check (true);
-- Never the password hash.
grant select (id, email, name, administrator, created_at) on user_account to holdfast_app;
grant select, insert, update, delete on user_account to holdfast_system;

create table session (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references user_account (id) on delete cascade,
  -- SHA-256 of the refresh token; the previous one is honoured for a moment, for two tabs refreshing at once.
  token_hash bytea not null unique,
  previous_token_hash bytea unique,
  rotated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
alter table session enable row level security;
alter table session force row level security;
create policy every_organisation on session to holdfast_system using (true) with check (true);
grant select, insert, update, delete on session to holdfast_system;

create table api_token (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  -- Whose it is; its permissions never exceed theirs.
  user_id uuid references user_account (id) on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  permissions text[] not null,
  -- May name any organisation its user administers; org_id is then where it works when none is named.
  all_organisations boolean not null default false,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
call protect_by_organisation('api_token');

create table enrolment_token (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  token_hash bytea not null unique,
  uses_left integer not null check (uses_left >= 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
call protect_by_organisation('enrolment_token');

create table audit_event (
  org_id uuid not null references organisation (id),
  -- 1, 2, 3 … without gaps in each organisation.
  seq bigint not null,
  at timestamptz not null,
  actor_type text not null,
  actor_id text not null,
  actor_label text not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  detail jsonb not null,
  previous_hash bytea not null,
  -- SHA-256 of previous_hash and the canonical text of the rest.
  hash bytea not null,
  primary key (org_id, seq)
);
create index audit_event_at on audit_event (org_id, at desc);
call protect_by_organisation('audit_event', 'select, insert');
create function refuse_change() returns trigger language plpgsql
  as $$ begin raise exception 'the audit log is append-only'; end $$;
create trigger append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();

create table audit_head (
  org_id uuid primary key references organisation (id),
  seq bigint not null,
  hash bytea not null
) with (fillfactor = 70);
call protect_by_organisation('audit_head', 'select, insert, update');

-- Jobs that exist exactly if the change beside them does; the relay hands them to the queue and deletes them.
create table outbox (
  id uuid primary key,
  org_id uuid not null references organisation (id) on delete cascade,
  name text not null,
  payload jsonb not null,
  run_at timestamptz not null,
  created_at timestamptz not null default now()
);
call protect_by_organisation('outbox');
`;
