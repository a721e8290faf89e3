'use strict';
// What must outlive a crash: one JSON line each, on the disk before anything else goes on.
// A real system would keep this in the database where it keeps its dossiers.

const fs = require('node:fs');

class Journal {
  constructor(path) {
    this.answers = new Map(); // id of a hand-over -> the commands that answer it
    this.unconfirmed = new Map(); // id of a command -> the command
    const known = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
    const whole = known.slice(0, known.lastIndexOf('\n') + 1); // a crash may have cut the last line
    for (const line of whole.split('\n').filter(Boolean)) this.remember(JSON.parse(line));
    this.file = fs.openSync(path, 'a');
    fs.ftruncateSync(this.file, Buffer.byteLength(whole));
  }

  has(id) {
    return this.answers.has(id);
  }

  /** Keep a hand-over together with its answers: never one without the other. */
  take(message, commands) {
    this.append({ taken: message, commands });
  }

  /** Keep what needs no answer: notices, refusals, and what this program is too old to know. */
  note(message) {
    this.append({ noted: message });
  }

  /** Keep that all commands given since a moment are to be sent again, and return them in order. */
  restore(message) {
    this.append({ restored: message });
    return this.givenSince(message.data.resend_since);
  }

  givenSince(moment) {
    const commands = [...this.answers.values()].flat();
    return commands.filter((command) => Date.parse(command.time) >= Date.parse(moment));
  }

  confirm(id) {
    this.append({ confirmed: id });
  }

  append(entry) {
    fs.writeSync(this.file, JSON.stringify(entry) + '\n');
    fs.fsyncSync(this.file);
    this.remember(entry);
  }

  remember(entry) {
    if (entry.taken) {
      this.answers.set(entry.taken.id, entry.commands);
      for (const command of entry.commands) this.unconfirmed.set(command.id, command);
    }
    if (entry.restored) {
      for (const command of this.givenSince(entry.restored.data.resend_since)) {
        this.unconfirmed.delete(command.id); // behind what stands before it
        this.unconfirmed.set(command.id, command);
      }
    }
    if (entry.confirmed) this.unconfirmed.delete(entry.confirmed);
  }
}

module.exports = { Journal };
