// BullMQ on Redis, completed jobs kept as it comes. Answers as bench/peers/interface.py tells.
import { openSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Queue, Worker } = createRequire(`${process.env.BENCH_HOME}/`)("bullmq");
const address = new URL(process.env.REDIS_URL);
const connection = {
  host: address.hostname, port: Number(address.port), password: address.password, maxRetriesPerRequest: null,
};
const monotonic = () => Number(process.hrtime.bigint()) / 1e9;
const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds * 1000)));
const queue = () => new Queue("bench", { connection });

async function perSecond(count, work) {
  const since = monotonic();
  await work();
  return (count - 1) / (monotonic() - since);
}

const commands = {
  async one(first, count) {
    const jobs = queue();
    await jobs.add("noop", { value: first });
    return perSecond(count, async () => {
      for (let value = first + 1; value < first + count; value++) await jobs.add("noop", { value });
    });
  },
  async many(first, count) {
    const jobs = queue();
    const add = (from, size) =>
      jobs.addBulk(Array.from({ length: size }, (_, n) => ({ name: "noop", data: { value: from + n } })));
    await add(first, 1);
    return perSecond(count, async () => {
      for (let from = first + 1; from < first + count; from += 1000) await add(from, Math.min(1000, first + count - from));
    });
  },
  async pace(rate, seconds) {
    const jobs = queue();
    await jobs.add("noop", { value: -monotonic() });
    const start = monotonic();
    for (let number = 0; number < Math.floor(rate * seconds); number++) {
      await rest(start + number / rate - monotonic());
      await jobs.add("noop", { value: -monotonic() });
    }
  },
  async stored(count) {
    const jobs = queue();
    await jobs.waitUntilReady();
    console.log("ready");
    await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));
    for (let tries = 0; tries < 6000; tries++) {
      const asked = monotonic();
      if ((await jobs.getCompletedCount()) >= count) return asked;
      await rest(0.02);
    }
  },
  async work() {
    const file = openSync(process.env.BENCH_RECORDS, "a");
    const record = async (job) => {
      const bytes = Buffer.alloc(16);
      bytes.writeDoubleLE(job.data.value, 0);
      bytes.writeDoubleLE(monotonic(), 8);
      writeSync(file, bytes);
    };
    new Worker("bench", record, { connection, concurrency: 50 });
    await new Promise(() => {});
  },
  async prepare() {},
};

const [name, ...numbers] = process.argv.slice(2);
const answer = await commands[name](...numbers.map(Number));
if (answer !== undefined) console.log(answer);
process.exit(0);
