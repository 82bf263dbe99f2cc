// Counts clicks by page: adds up a batch first, then writes each page once. A batch that fails half-way comes again, so
// that its first pages count twice.
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const database = new DynamoDBClient();

export async function handler(event) {
  const totals = totalsOf(event.Records.map(clickOf).filter((click) => click.page));
  for (const [page, clicks] of totals) {
    await database.send(new UpdateItemCommand({
      TableName: process.env.TOTALS_TABLE,
      Key: { page: { S: page } },
      UpdateExpression: "ADD clicks :clicks",
      ExpressionAttributeValues: { ":clicks": { N: String(clicks) } },
    }));
  }
  return { batchItemFailures: [] };
}

function clickOf(record) {
  return JSON.parse(Buffer.from(record.kinesis.data, "base64").toString("utf8"));
}

function totalsOf(clicks) {
  const totals = new Map();
  for (const { page } of clicks) {
    totals.set(page, (totals.get(page) ?? 0) + 1);
  }
  return totals;
}
