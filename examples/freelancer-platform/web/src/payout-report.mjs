// What freelancers were paid in a period: one line each and one for the whole, as structured logs.

/**
 * The sums of the settled transactions of one period, by freelancer and currency.
 *
 * @param {{ query: Function }} database
 * @param {{ from: string, until: string }} period `YYYY-MM-DD`, the first day and the day after the last
 */
export function sumPayouts(database, { from, until }) {
  return database.query(
    `SELECT m.user_id, m.user_type, t.currency, COUNT(*) AS payments, CAST(SUM(t.amount_cents) AS SIGNED) AS amount_cents
       FROM transactions t JOIN milestones m ON m.project_id = t.project_id AND m.number = t.milestone
      WHERE t.status = 'settled' AND t.created_at >= ? AND t.created_at < ?
      GROUP BY m.user_type, m.user_id, t.currency ORDER BY m.user_type, m.user_id, t.currency`,
    [from, until],
  );
}

/** The day before the given moment, in UTC. */
export function dayBefore(now) {
  const day = 24 * 60 * 60 * 1000;
  const dateOf = (time) => new Date(time).toISOString().slice(0, 10);
  return { from: dateOf(now.getTime() - day), until: dateOf(now.getTime()) };
}

/** Writes the report of a period. */
export async function reportPayouts(database, period, log) {
  const rows = await sumPayouts(database, period);
  for (const row of rows) log.info('payout', { ...period, ...row });
  log.info('payout.report', {
    ...period,
    freelancers: new Set(rows.map((row) => row.user_id)).size,
    payments: rows.reduce((sum, row) => sum + Number(row.payments), 0),
  });
}
