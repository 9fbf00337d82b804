/** Exceptions, checks as interface A lists them, results of other scanners, and what aggregates are read from. */
export const sql = `
-- A recommendation as an organisation knows it: seeded, or touched before it was (switched off, excepted, imported).
create table organisation_check (
  org_id uuid not null references organisation (id) on delete cascade,
  -- Worked out from organisation, benchmark and number: the same each time.
  id uuid not null,
  benchmark text not null,
  number text not null,
  -- Its place in the benchmark.
  place integer not null,
  title text not null,
  description text not null,
  level smallint not null check (level in (1, 2)),
  category text not null,
  severity text not null check (severity in ('critical', 'high', 'medium', 'low')),
  os_type text not null check (os_type in ('linux', 'windows', 'macos')),
  remediation text not null,
  -- Of a content pack, rather than of another scanner.
  builtin boolean not null,
  seeded boolean not null,
  enabled boolean not null default true,
  primary key (org_id, id),
  unique (org_id, benchmark, number)
);
call protect_by_organisation('organisation_check');

create table exception (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  check_id uuid not null,
  benchmark text not null,
  number text not null,
  -- null: every device of the organisation.
  device_id uuid references device (id) on delete cascade,
  reason text not null,
  -- null: until it is revoked.
  expires_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (org_id, check_id) references organisation_check (org_id, id)
);
create index exception_organisation on exception (org_id, created_at desc);
create index exception_device on exception (device_id);
call protect_by_organisation('exception');

-- What another scanner found, as it was given.
create table imported_result (
  id bigint generated always as identity primary key,
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  source text not null,
  findings jsonb not null
);
create index imported_result_device on imported_result (device_id);
call protect_by_organisation('imported_result');

-- The recommendations of each severity, one bit per place.
alter table benchmark_layout
  add column critical bit varying not null default '',
  add column high bit varying not null default '',
  add column medium bit varying not null default '',
  add column low bit varying not null default '';
create index benchmark_layout_benchmark on benchmark_layout (benchmark);

alter table judgement
  alter column fact_set_id drop not null,
  add column imported_result_id bigint references imported_result (id) on delete cascade,
  -- The two sums of the score: severities when weighted, counts when flat.
  add column passed_weight integer not null default 0,
  add column failed_weight integer not null default 0,
  -- One bit per place of the layout.
  add column failing bit varying not null default '',
  add constraint judgement_of_one check (num_nonnulls(fact_set_id, imported_result_id) = 1);
create unique index judgement_imported on judgement (imported_result_id, policy_id, policy_revision, content_digest)
  where imported_result_id is not null;

-- What aggregates need of the judgement, beside it: they read this table alone.
alter table latest_result
  add column layout_id integer references benchmark_layout (id),
  add column failing bit varying not null default '',
  add column scoring text not null default 'flat',
  add column passed_weight integer not null default 0,
  add column failed_weight integer not null default 0,
  add column pass_count integer not null default 0,
  add column fail_count integer not null default 0,
  add column error_count integer not null default 0,
  add column skipped_count integer not null default 0,
  add column failed_critical integer not null default 0,
  add column failed_high integer not null default 0,
  add column failed_medium integer not null default 0,
  add column failed_low integer not null default 0;
create index latest_result_organisation on latest_result (org_id);

-- The outcome at the end of each UTC day on which a device's outcome changed; until its next row it stayed so.
create table result_day (
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  day date not null,
  score double precision,
  fail_count integer not null,
  primary key (device_id, policy_id, day)
);
create index result_day_organisation on result_day (org_id, day);
create index result_day_policy on result_day (policy_id, day);
call protect_by_organisation('result_day');

-- The UTC days on which a policy was scanned at all.
create table scan_day (
  org_id uuid not null references organisation (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  day date not null,
  primary key (policy_id, day)
);
call protect_by_organisation('scan_day');

-- Latest results with the exceptions that are in force at a time: an excepted failure is in neither sum of the score.
-- An exception's end is this comparison, so no sweep can be late.
create function latest_outcome(org uuid, at timestamptz) returns table (
  device_id uuid, policy_id uuid, result_id uuid, judgement_id bigint, checked_at timestamptz, received_at timestamptz,
  layout_id integer, failing bit varying, pass_count integer, fail_count integer, exempted_count integer,
  error_count integer, skipped_count integer, failed_critical integer, failed_high integer, failed_medium integer,
  failed_low integer, score double precision
) language sql stable parallel safe as $$
  select r.device_id, r.policy_id, r.result_id, r.judgement_id, r.checked_at, r.received_at,
    r.layout_id, coalesce(r.failing & ~hit.places, r.failing)::bit varying, r.pass_count,
    r.fail_count - hit.total, hit.total, r.error_count, r.skipped_count,
    r.failed_critical - hit.critical, r.failed_high - hit.high, r.failed_medium - hit.medium, r.failed_low - hit.low,
    100 * r.passed_weight::double precision / nullif(r.passed_weight + r.failed_weight - case r.scoring
      when 'weighted' then 10 * hit.critical + 5 * hit.high + 3 * hit.medium + hit.low else hit.total end, 0)
  from latest_result r
  left join benchmark_layout layout on layout.id = r.layout_id
  left join (
    select l.id, bit_or(set_bit(repeat('0', cardinality(l.numbers))::bit varying, array_position(l.numbers, e.number) - 1, 1)) as places
    from exception e join benchmark_layout l on l.benchmark = e.benchmark and e.number = any(l.numbers)
    where e.org_id = org and e.device_id is null and e.revoked_at is null and (e.expires_at is null or e.expires_at > at)
    group by l.id
  ) everywhere on everywhere.id = r.layout_id
  left join (
    select e.device_id, l.id, bit_or(set_bit(repeat('0', cardinality(l.numbers))::bit varying, array_position(l.numbers, e.number) - 1, 1)) as places
    from exception e join benchmark_layout l on l.benchmark = e.benchmark and e.number = any(l.numbers)
    where e.org_id = org and e.device_id is not null and e.revoked_at is null and (e.expires_at is null or e.expires_at > at)
    group by e.device_id, l.id
  ) here on here.id = r.layout_id and here.device_id = r.device_id
  cross join lateral (
    select r.failing & coalesce(everywhere.places | here.places, everywhere.places, here.places) as places
  ) excepted
  cross join lateral (
    select excepted.places,
      coalesce(bit_count(excepted.places), 0)::integer as total,
      coalesce(bit_count(excepted.places & layout.critical), 0)::integer as critical,
      coalesce(bit_count(excepted.places & layout.high), 0)::integer as high,
      coalesce(bit_count(excepted.places & layout.medium), 0)::integer as medium,
      coalesce(bit_count(excepted.places & layout.low), 0)::integer as low
  ) hit
  where r.org_id = org
$$;
grant execute on function latest_outcome(uuid, timestamptz) to holdfast_app, holdfast_system;
`;
