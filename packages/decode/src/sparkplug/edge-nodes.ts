/** The definition of a metric in a birth. */
export interface MetricDefinition {
  readonly name: string;
  readonly datatype: number;
  readonly unit: string | undefined;
}

/** The metrics that the node itself, or one of its devices, was born with. */
export interface Birth {
  readonly session: string;
  readonly byName: ReadonlyMap<string, MetricDefinition>;
  /** undefined: the alias stands for several metrics, and so for none. */
  readonly byAlias: ReadonlyMap<bigint, MetricDefinition | undefined>;
}

export interface EdgeNode {
  /** Of the birth that holds; undefined before the first one. */
  bdSeq: bigint | undefined;
  birth: Birth | undefined;
  /** By the device's name at the node. */
  readonly devices: Map<string, Birth>;
  /** undefined: any will do. */
  nextSeq: number | undefined;
  /** When a rebirth was last asked for, milliseconds. */
  askedAt: number;
}

export interface EdgeNodeLimits {
  /** Nodes that are remembered. */
  readonly maxNodes: number;
  /** Births and their metrics that are remembered. */
  readonly maxMetrics: number;
}

const defaultEdgeNodeLimits: EdgeNodeLimits = { maxNodes: 4096, maxMetrics: 500_000 };

/**
 * What is known of edge nodes, bounded: the one not heard for longest is forgotten first, and asked for a rebirth when
 * it is heard again. Nothing of it is durable; after a restart every node is asked anew.
 */
export class EdgeNodes {
  readonly #limits: EdgeNodeLimits;
  /** The least recently heard first. */
  readonly #nodes = new Map<string, EdgeNode>();
  #metrics = 0;

  constructor(limits: EdgeNodeLimits = defaultEdgeNodeLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The weight of all births: one each, and one for each metric. */
  get metrics(): number {
    return this.#metrics;
  }

  /** The node as it was heard last; undefined if it is not known. */
  known(key: string): EdgeNode | undefined {
    return this.#nodes.get(key);
  }

  /** The node, as one heard just now. */
  heard(key: string): EdgeNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = { bdSeq: undefined, birth: undefined, devices: new Map(), nextSeq: undefined, askedAt: -Infinity };
    } else {
      this.#nodes.delete(key);
    }
    this.#nodes.set(key, node);
    if (this.#nodes.size > this.#limits.maxNodes) this.forget(this.#nodes.keys().next().value!);
    return node;
  }

  /** Remembers a birth, of the node if no device is named. The node has to be the one heard last. */
  born(node: EdgeNode, device: string | undefined, birth: Birth): void {
    this.#metrics += cost(birth);
    if (device === undefined) {
      this.#metrics -= cost(node.birth);
      node.birth = birth;
    } else {
      this.#metrics -= cost(node.devices.get(device));
      node.devices.set(device, birth);
    }
    this.#makeRoom(node);
  }

  died(node: EdgeNode, device: string): void {
    this.#metrics -= cost(node.devices.get(device));
    node.devices.delete(device);
  }

  forget(key: string): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.#metrics -= cost(node.birth);
    for (const birth of node.devices.values()) this.#metrics -= cost(birth);
    this.#nodes.delete(key);
  }

  /** Other nodes go first, then devices of the node itself. */
  #makeRoom(spared: EdgeNode): void {
    while (this.#metrics > this.#limits.maxMetrics) {
      const [oldest] = this.#nodes.keys();
      const [device] = spared.devices.keys();
      if (this.#nodes.size > 1) this.forget(oldest!);
      else if (device !== undefined) this.died(spared, device);
      else return;
    }
  }
}

/** A birth without metrics takes room too. */
function cost(birth: Birth | undefined): number {
  return birth === undefined ? 0 : birth.byName.size + 1;
}
