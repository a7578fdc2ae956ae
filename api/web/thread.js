// A conversation: its questions are asked one after the other, each with what was said before it.

import { Turn } from "./turn.js";

export class Thread {
  /** `told(words, done)` says how far the latest question is, `aloud(words)` is heard by those who
   *  do not see it, `open(span, opener)` shows an article, `answered(questions, filters)` is told
   *  of each answer. */
  constructor({ place, told, aloud, open, answered }) {
    this.place = place;
    this.tell = { told, aloud, open };
    this.answered = answered;
    this.turns = [];
    this.filters = null;
    this.remembered = new Map();
  }

  /** Follow the address: keep the turns that stay, drop the others, ask what is new. */
  show(questions, filters) {
    const same = JSON.stringify(filters) === JSON.stringify(this.filters);
    this.filters = filters;
    let kept = 0;
    while (same && kept < this.turns.length && this.turns[kept].question === questions[kept]) kept += 1;
    if (kept === questions.length && kept === this.turns.length) return;
    this.drop(kept);
    for (const question of questions.slice(kept)) this.add(question);
    this.run();
  }

  add(question) {
    const place = this.turns.length;
    const again = () => {
      const questions = this.turns.map((turn) => turn.question);
      this.drop(place);
      this.show(questions, this.filters);
    };
    const turn = new Turn({ question, filters: this.filters, ...this.tell, again });
    this.turns.push(turn);
    this.place.append(turn.element);
  }

  drop(from) {
    for (const turn of this.turns.splice(from)) {
      turn.stop();
      turn.element.remove();
    }
    if (!this.turns.length) this.tell.told("", true);
  }

  async run() {
    const messages = [];
    const turns = [...this.turns];
    for (const [index, turn] of turns.entries()) {
      const questions = turns.slice(0, index + 1).map((each) => each.question);
      if (!turn.answer && !(await this.answer(turn, questions, messages))) {
        if (this.turns.includes(turn)) for (const later of turns.slice(index + 1)) later.hold();
        return;
      }
      messages.push(
        { role: "user", content: turn.answer.standalone_question },
        { role: "assistant", content: turn.answer.citations.map((each) => each.quote).join(" ") },
      );
    }
  }

  /** Whether there is an answer, remembered (as on the way back and forward) or asked for. */
  async answer(turn, questions, messages) {
    const key = JSON.stringify([questions, this.filters]);
    const known = this.remembered.get(key);
    if (known) turn.show(known);
    else if (!(await turn.ask(messages)) || !this.turns.includes(turn)) return false;
    this.remembered.set(key, turn.answer);
    this.answered(questions, turn.filters);
    return true;
  }

  /** Forget all answers: the next `show` asks again. */
  forget() {
    this.remembered.clear();
    this.drop(0);
  }
}
