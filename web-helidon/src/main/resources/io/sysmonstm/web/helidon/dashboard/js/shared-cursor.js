/** The moment that is pointed at, in one chart and so in all of them. */
import { Emitter } from './emitter.js';

/** Topic: `move` (payload: the element that moved it). */
export class SharedCursor extends Emitter {
  /** Milliseconds of Unix time, NaN while nothing is pointed at. */
  time = NaN;

  move(time, by) {
    if (Object.is(this.time, time)) return;
    this.time = time;
    this.emit('move', by);
  }
}
