/** A minimal event source: named topics, any payload, synchronous delivery. */
export class Emitter {
  #listeners = new Map();

  /**
   * Listens to a topic.
   *
   * @param {string} topic
   * @param {(payload: any) => void} listener
   * @returns {() => void} stops listening
   */
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    return () => this.#listeners.get(topic).delete(listener);
  }

  /** Tells every listener of a topic; one that fails does not keep the others from hearing. */
  emit(topic, payload) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) {
      try {
        listener(payload);
      } catch (failure) {
        console.error(failure);
      }
    }
  }
}
