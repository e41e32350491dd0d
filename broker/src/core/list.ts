/** An entry of a list, by which it is taken out again. */
export interface ListNode<T> {
  readonly value: T;
  /** Takes the entry out of its list. False if it was out already. */
  remove(): boolean;
}

class Node<T> implements ListNode<T> {
  readonly value: T;
  list: List<T> | undefined;
  previous: Node<T> | undefined;
  next: Node<T> | undefined;

  constructor(value: T, list: List<T>) {
    this.value = value;
    this.list = list;
  }

  remove(): boolean {
    if (!this.list) return false;
    this.list.unlink(this);
    return true;
  }
}

/** A doubly linked list: entries join at either end and leave from anywhere, all in constant time. */
export class List<T> {
  #first: Node<T> | undefined;
  #last: Node<T> | undefined;
  /** Entries that are in it. */
  size = 0;

  /** The first value, left where it is. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  push(value: T): ListNode<T> {
    const node = new Node(value, this);
    node.previous = this.#last;
    if (this.#last) this.#last.next = node;
    else this.#first = node;
    this.#last = node;
    this.size += 1;
    return node;
  }

  unshift(value: T): ListNode<T> {
    const node = new Node(value, this);
    node.next = this.#first;
    if (this.#first) this.#first.previous = node;
    else this.#last = node;
    this.#first = node;
    this.size += 1;
    return node;
  }

  /** Takes the first value out. */
  shift(): T | undefined {
    const node = this.#first;
    if (node) this.unlink(node);
    return node?.value;
  }

  /** The entries, first to last. The one at hand may be taken out while this runs. */
  *nodes(): Generator<ListNode<T>> {
    let node = this.#first;
    while (node) {
      const next: Node<T> | undefined = node.next;
      yield node;
      node = next;
    }
  }

  /** For the list's own nodes; everyone else calls `node.remove()`. */
  unlink(node: Node<T>): void {
    if (node.previous) node.previous.next = node.next;
    else this.#first = node.next;
    if (node.next) node.next.previous = node.previous;
    else this.#last = node.previous;
    node.list = undefined;
    node.previous = undefined;
    node.next = undefined;
    this.size -= 1;
  }
}
