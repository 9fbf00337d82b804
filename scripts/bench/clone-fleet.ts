import type pg from "pg";

/**
 * Fills the database with devices that are copies of a few real ones: each gets rows of its own in every table that an
 * upload writes, with the content the upload path stored for its model.
 *
 * @param from only scans since then are copied.
 */
export async function cloneFleet(db: pg.Client, models: readonly string[], count: number, from: Date): Promise<void> {
  await db.query(
    `create temp table clone as
    select gen_random_uuid() as device_id, ($1::uuid[])[1 + n % cardinality($1::uuid[])] as model_id, n
    from generate_series(0, $2::int - 1) as n`,
    [models, count],
  );
  await db.query("create index on clone (model_id); analyze clone");
  await copy(
    db,
    "device",
    { id: "clone.device_id", hostname: "'clone-' || clone.n", fact_set_id: "null" },
    "source.id",
  );
  await copy(db, "fact_set", { id: null, device_id: "clone.device_id" });
  await db.query(`create temp table set_of as
    select theirs.id as old_id, ours.id as new_id, ours.device_id from clone
    join fact_set theirs on theirs.device_id = clone.model_id
    join fact_set ours on ours.device_id = clone.device_id and ours.digest = theirs.digest`);
  // Without it the next join is planned for a handful of rows, and takes forever.
  await db.query("create index on set_of (old_id); analyze set_of; analyze fact_set");
  const judgement = await columnsOf(db, "judgement", { id: null, fact_set_id: "set_of.new_id" });
  await db.query(`insert into judgement (${judgement.names}) select ${judgement.values}
    from judgement source join set_of on set_of.old_id = source.fact_set_id`);
  await db.query("analyze judgement");
  await db.query(`create temp table judgement_of as
    select theirs.id as old_id, ours.id as new_id, set_of.device_id from judgement theirs
    join set_of on set_of.old_id = theirs.fact_set_id
    join judgement ours on ours.fact_set_id = set_of.new_id and ours.policy_id = theirs.policy_id
      and ours.policy_revision = theirs.policy_revision and ours.content_digest = theirs.content_digest`);
  await db.query("create index on judgement_of (device_id, old_id); analyze judgement_of");
  await addScans(db, from, null);
  const latest = {
    device_id: "clone.device_id",
    result_id: cloneOf("source.result_id"),
    judgement_id: "judgement_of.new_id",
  };
  await copy(db, "latest_result", latest, "source.device_id", joinJudgement);
  await db.query(`update device set fact_set_id = set_of.new_id from clone
    join device model on model.id = clone.model_id
    join set_of on set_of.old_id = model.fact_set_id
    where set_of.device_id = clone.device_id and device.id = clone.device_id`);
  await db.query("vacuum analyze");
}

/** Copies the models' scans of a span of time, and what is kept by day. Call after `cloneFleet`, on the same connection. */
export async function addScans(db: pg.Client, from: Date, until: Date | null): Promise<void> {
  const span = `source.checked_at >= '${from.toISOString()}' and source.checked_at < '${until?.toISOString() ?? "infinity"}'`;
  const scan = { id: cloneOf("source.id"), device_id: "clone.device_id", judgement_id: "judgement_of.new_id" };
  await copy(db, "scan_result", scan, "source.device_id", `${joinJudgement} and ${span}`);
  const days = `where source.day >= '${day(from)}' and source.day < '${until === null ? "infinity" : day(until)}'`;
  await copy(db, "result_day", { device_id: "clone.device_id" }, "source.device_id", days);
  await db.query("vacuum analyze");
}

const joinJudgement =
  "join judgement_of on judgement_of.device_id = clone.device_id and judgement_of.old_id = source.judgement_id";

/** One id for each clone of a row. */
function cloneOf(column: string): string {
  return `md5(clone.device_id || ' ' || ${column})::uuid`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** Copies a table's rows of the models to their clones. @param changed SQL by column; null: left to the column's default. */
async function copy(
  db: pg.Client,
  table: string,
  changed: Readonly<Record<string, string | null>>,
  device = "source.device_id",
  rest = "",
): Promise<void> {
  const { names, values } = await columnsOf(db, table, changed);
  await db.query(`insert into ${table} (${names}) select ${values}
    from ${table} source join clone on clone.model_id = ${device} ${rest}`);
}

/** Whatever columns a table has by now. */
async function columnsOf(
  db: pg.Client,
  table: string,
  changed: Readonly<Record<string, string | null>>,
): Promise<{ readonly names: string; readonly values: string }> {
  const { rows } = await db.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  const names = rows.map(({ name }) => name).filter((name) => changed[name] !== null);
  return { names: names.join(", "), values: names.map((name) => changed[name] ?? `source.${name}`).join(", ") };
}
