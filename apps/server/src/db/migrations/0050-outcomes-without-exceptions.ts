/** Latest results cost what their exceptions cost: only the results that one covers are counted anew. */
export const sql = `
create or replace function latest_outcome(org uuid, at timestamptz) returns table (
  device_id uuid, policy_id uuid, result_id uuid, judgement_id bigint, checked_at timestamptz, received_at timestamptz,
  layout_id integer, failing bit varying, pass_count integer, fail_count integer, exempted_count integer,
  error_count integer, skipped_count integer, failed_critical integer, failed_high integer, failed_medium integer,
  failed_low integer, score double precision
) language sql stable parallel safe as $$
  select r.device_id, r.policy_id, r.result_id, r.judgement_id, r.checked_at, r.received_at, r.layout_id,
    case when hit.places is null then r.failing else (r.failing & ~hit.places)::bit varying end, r.pass_count,
    r.fail_count - coalesce(hit.total, 0), coalesce(hit.total, 0), r.error_count, r.skipped_count,
    r.failed_critical - coalesce(hit.critical, 0), r.failed_high - coalesce(hit.high, 0),
    r.failed_medium - coalesce(hit.medium, 0), r.failed_low - coalesce(hit.low, 0),
    100 * r.passed_weight::double precision / nullif(r.passed_weight + r.failed_weight - coalesce(case r.scoring
      when 'weighted' then 10 * hit.critical + 5 * hit.high + 3 * hit.medium + hit.low else hit.total end, 0), 0)
  from latest_result r
  left join (
    select covered.device_id, covered.policy_id, covered.places,
      bit_count(covered.places)::integer as total,
      bit_count(covered.places & layout.critical)::integer as critical,
      bit_count(covered.places & layout.high)::integer as high,
      bit_count(covered.places & layout.medium)::integer as medium,
      bit_count(covered.places & layout.low)::integer as low
    from (
      -- Of a result, the open failures that any exception covers.
      select r.device_id, r.policy_id, r.layout_id, r.failing & bit_or(excepted.places) as places
      from (
        select e.device_id, l.id as layout_id,
          bit_or(set_bit(repeat('0', cardinality(l.numbers))::bit varying, array_position(l.numbers, e.number) - 1, 1)) as places
        from exception e join benchmark_layout l on l.benchmark = e.benchmark and e.number = any(l.numbers)
        where e.org_id = org and e.revoked_at is null and (e.expires_at is null or e.expires_at > at)
        group by e.device_id, l.id
      ) excepted
      join latest_result r on r.layout_id = excepted.layout_id
        and (excepted.device_id is null or excepted.device_id = r.device_id)
      where r.org_id = org
      group by r.device_id, r.policy_id
    ) covered
    join benchmark_layout layout on layout.id = covered.layout_id
  ) hit on hit.device_id = r.device_id and hit.policy_id = r.policy_id
  where r.org_id = org
$$;
`;
