/** Facts, what was judged of them, and results. */
export const sql = `
-- Interned by content: most devices share most states. No organisation: a row is reached only through a fact_set.
create table fact (
  id bigint generated always as identity primary key,
  hash bytea not null unique,
  address text not null,
  observation jsonb not null
);
grant select, insert on fact to holdfast_app, holdfast_system;

-- One row per change of a device's facts.
create table fact_set (
  id bigint generated always as identity primary key,
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  digest bytea not null,
  fact_ids bigint[] not null,
  created_at timestamptz not null default now(),
  unique (device_id, digest)
);
call protect_by_organisation('fact_set');
alter table device add foreign key (fact_set_id) references fact_set (id) on delete set null deferrable initially deferred;

-- What the positions of a verdict vector mean: the recommendation numbers, in the order of the benchmark.
create table benchmark_layout (
  id integer generated always as identity primary key,
  digest bytea not null unique,
  benchmark text not null,
  version text not null,
  title text not null,
  numbers text[] not null
);
grant select, insert on benchmark_layout to holdfast_app, holdfast_system;

-- Verdicts of a policy's revision on a set of facts: shared by every scan that found nothing new.
create table judgement (
  id bigint generated always as identity primary key,
  org_id uuid not null references organisation (id) on delete cascade,
  fact_set_id bigint not null references fact_set (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  policy_revision integer not null,
  -- SHA-256 of the content pack's digest and the platform: with the facts and the policy, all a verdict depends on.
  content_digest bytea not null,
  -- null: no benchmark fits the device; one error finding says so.
  layout_id integer references benchmark_layout (id),
  level smallint not null,
  profile text not null,
  scoring text not null,
  -- Status codes in the order of the layout; -1 where the profile, the level or an exclusion leaves it out.
  statuses smallint[] not null,
  pass_count integer not null,
  fail_count integer not null,
  error_count integer not null,
  not_applicable_count integer not null,
  manual_count integer not null,
  not_ported_count integer not null,
  failed_critical integer not null,
  failed_high integer not null,
  failed_medium integer not null,
  failed_low integer not null,
  -- Unrounded; null when nothing was evaluated.
  score double precision,
  risk_level text,
  created_at timestamptz not null default now(),
  unique (fact_set_id, policy_id, policy_revision, content_digest)
);
create index judgement_policy on judgement (policy_id);
call protect_by_organisation('judgement');

-- One narrow row per scan; what it found is in the judgement. The id is worked out from device and upload, so that an
-- upload sent twice has one row.
create table scan_result (
  id uuid not null,
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null,
  policy_id uuid not null,
  judgement_id bigint not null,
  checked_at timestamptz not null,
  received_at timestamptz not null,
  primary key (id, checked_at)
) partition by range (checked_at);
create index scan_result_history on scan_result (device_id, checked_at);
call protect_by_organisation('scan_result');
create table scan_result_other partition of scan_result default;
-- Partitions are reached through their parent only.
alter table scan_result_other enable row level security;

-- Makes the month's partition unless it is there. Run before the month begins.
create procedure ensure_scan_result_partition(month date) language plpgsql as $$
declare
  first timestamptz := (date_trunc('month', month::timestamp)) at time zone 'UTC';
  next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  name text := 'scan_result_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('public.' || name) is not null then return; end if;
  execute format('create table public.%I partition of public.scan_result for values from (%L) to (%L)', name, first, next);
  execute format('alter table public.%I enable row level security', name);
exception when check_violation then null; -- rows of that month are in the default partition already, and stay there
end $$;

create table latest_result (
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  result_id uuid not null,
  judgement_id bigint not null,
  checked_at timestamptz not null,
  received_at timestamptz not null,
  primary key (device_id, policy_id)
) with (fillfactor = 70);
create index latest_result_policy on latest_result (policy_id);
call protect_by_organisation('latest_result');
`;
