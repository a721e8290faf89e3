'use strict';
// An agency's system in small: takes hand-overs in, acknowledges, accepts, works, completes.
// Written from docs/contracts/agencies.md alone. The environment says where and who:
//   LIENTHONG_BROKER   amqp(s)://account:password@host:port/%2Flienthong
//   LIENTHONG_AGENCY   such as H47.12
//   LIENTHONG_STORE    file of what was taken in (default: connector.ndjson)
//   LIENTHONG_CA, LIENTHONG_CERTIFICATE, LIENTHONG_KEY   PEM files, for amqps (may be left out)

const fs = require('node:fs');
const amqp = require('amqplib');
const { Journal } = require('./journal');

const agency = process.env.LIENTHONG_AGENCY;
const broker = process.env.LIENTHONG_BROKER;
const account = `agency.${agency}`;
const journal = new Journal(process.env.LIENTHONG_STORE || 'connector.ndjson');

const HAND_OVER = 'lienthong.agency.leg-hand-over';
const REQUEST = 'lienthong.agency.written-request';
const RESTORED = 'lienthong.agency.history-restored';
const KNOWN = new Set([
  `${HAND_OVER} urn:lienthong:agency:leg-hand-over:1`,
  `${REQUEST} urn:lienthong:agency:written-request:1`,
  'lienthong.agency.leg-notice urn:lienthong:agency:leg-notice:1',
  'lienthong.agency.request-notice urn:lienthong:agency:request-notice:1',
  'lienthong.agency.command-refused urn:lienthong:agency:command-refused:1',
  'lienthong.agency.command-carried-out urn:lienthong:agency:command-carried-out:1',
  `${RESTORED} urn:lienthong:agency:history-restored:1`,
]);

function parse(content) {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
}

function isKnown(message) {
  return Boolean(message && message.id && message.data && KNOWN.has(`${message.type} ${message.dataschema}`));
}

/** Hand-overs and requests for a report ask for an answer; all else is noted. */
function asks(message) {
  return isKnown(message) && (message.type === HAND_OVER || message.type === REQUEST);
}

function command(name, asked, fields = {}) {
  const kind = asked.type === REQUEST ? 'request' : 'leg';
  const about = asked.data[kind];
  return {
    specversion: '1.0',
    id: `${agency}/${name}/${asked.id}`, // ours, and the same however often we compute it
    source: `/agencies/${agency}`,
    type: `lienthong.command.${name}`,
    subject: `${kind}/${about}`,
    time: new Date().toISOString(),
    dataschema: `urn:lienthong:command:${name}:1`,
    causationid: asked.id,
    datacontenttype: 'application/json',
    data: { [kind]: about, ...fields },
  };
}

/** Here your own work goes. This agency is quick: it does everything at once. */
function work(asked) {
  if (asked.type === REQUEST) {
    return [
      command('receive-request', asked, { officer: 'Lê Thị Mai' }),
      command('answer-request', asked, { text: 'Đã triển khai' }),
    ];
  }
  const reference = `VPDK-${asked.data.code}`;
  if (asked.data.kind === 'opinion') {
    return [
      command('acknowledge-message', asked, { reference }),
      command('give-opinion', asked, { opinion: 'agree' }),
    ];
  }
  return [
    command('acknowledge-message', asked, { reference }),
    command('accept-leg', asked, { officer: 'Lê Thị Mai' }),
    command('complete-leg', asked, { note: 'Đã thẩm định' }),
  ];
}

/** Publish one command; it counts as sent when the broker confirms it. Same id, same bytes each time. */
function send(line, body) {
  const properties = {
    contentType: 'application/cloudevents+json',
    deliveryMode: 2,
    messageId: body.id,
    userId: account,
    mandatory: true,
  };
  const key = body.type.split('.').pop();
  line.channel.publish('lienthong.commands', key, Buffer.from(JSON.stringify(body)), properties, (refused) => {
    if (refused || line.returned.delete(body.id)) line.drop(); // what is unconfirmed is sent again after a pause
    else journal.confirm(body.id);
  });
}

function take(line, delivery) {
  if (!delivery) return line.drop(); // the broker ended our subscription
  const message = parse(delivery.content);
  let again = [];
  if (isKnown(message) && message.type === RESTORED) {
    again = journal.restore(message); // the other side forgot what we said since a backup: say it again
  } else if (!asks(message)) {
    journal.note(message || delivery.content.toString('base64'));
    console.error(`noted: ${message && message.type} ${message && message.id}`);
  } else if (!journal.has(message.id)) {
    journal.take(message, work(message));
  }
  line.channel.ack(delivery); // only now: it is on the disk
  // Also for a hand-over that came again: then our answer may not have arrived.
  for (const body of (message && journal.answers.get(message.id)) || again) send(line, body);
}

function tls() {
  const read = (name) => process.env[name] && fs.readFileSync(process.env[name]);
  return { ca: read('LIENTHONG_CA'), cert: read('LIENTHONG_CERTIFICATE'), key: read('LIENTHONG_KEY') };
}

/** Work on one connection until it ends. */
async function connected() {
  const connection = await amqp.connect(broker, { ...tls(), timeout: 10000 });
  const ended = new Promise((resolve) => connection.once('close', resolve));
  const drop = () => connection.close().catch(() => {});
  connection.on('error', (error) => console.error(error.message));
  const channel = await connection.createConfirmChannel();
  const line = { channel, drop, returned: new Set() };
  channel.on('error', drop);
  channel.on('return', (message) => line.returned.add(message.properties.messageId)); // nobody takes it there
  await channel.prefetch(50);
  for (const body of journal.unconfirmed.values()) send(line, body);
  await channel.consume(account, (delivery) => take(line, delivery));
  console.error(`connected as ${account}`);
  await ended;
}

async function main() {
  for (let pause = 500; ; pause = Math.min(pause * 2, 30000)) {
    const began = Date.now();
    await connected().catch((error) => console.error(error.message));
    if (Date.now() - began > 30000) pause = 500;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

process.on('SIGTERM', () => process.exit(0)); // nothing is lost: what counts is on the disk or on the broker
main();
