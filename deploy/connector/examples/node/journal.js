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
    if (entry.confirmed) this.unconfirmed.delete(entry.confirmed);
  }
}

module.exports = { Journal };
