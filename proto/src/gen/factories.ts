// factories.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type {
  Attached,
  AttachRequest,
  AttachResponse,
  Confirmation,
  Credit,
  Delivery,
  Envelope,
  Leave,
  Move,
  NameCredit,
  Publish,
  Refusal,
  Registration,
  RouteSlice,
  RouteSlice_Receive,
  RouteSlice_Send,
  Schedule,
  SettledRun,
  Settlement,
  TopologyQuery,
  Undeliverable,
  Wanted,
} from "./exosphere/exocom/v1/attach.ts";
import type { PartitionMap, PartitionMap_HandedOver, PartitionMap_Node } from "./exosphere/exocom/v1/partition_map.ts";
import type { InstanceTopology, RoleTopology, Topology, Translation } from "./exosphere/exocom/v1/topology.ts";

/** Stands for bytes that are absent: one array serves all messages, as nothing can be written into it. */
export const emptyBytes: Uint8Array = new Uint8Array(0);

/** Stands for a list that is absent: one serves all messages, as nothing can be added to it. */
export const emptyList: never[] = Object.freeze<never[]>([]) as never[];

/** Makes a Settlement: fields that are not given have the value that stands for absent ones. */
export function newSettlement(fields: Partial<Settlement> = {}): Settlement {
  return {
    delivery: fields.delivery ?? 0,
    outcome: fields.outcome ?? 0,
    retryAfterMs: fields.retryAfterMs ?? 0,
    detail: fields.detail ?? "",
    words: fields.words ?? "",
    durableId: fields.durableId ?? 0,
  };
}

/** Makes a Registration: fields that are not given have the value that stands for absent ones. */
export function newRegistration(fields: Partial<Registration> = {}): Registration {
  return {
    protocolVersion: fields.protocolVersion ?? 0,
    role: fields.role ?? "",
    instanceId: fields.instanceId ?? "",
    token: fields.token ?? "",
    credit: fields.credit ?? 0,
    confirmedThrough: fields.confirmedThrough ?? 0,
    epoch: fields.epoch ?? "",
    agent: fields.agent ?? "",
    key: fields.key ?? emptyBytes,
    attachment: fields.attachment ?? emptyBytes,
    working: fields.working ?? emptyList,
    settled: fields.settled ?? emptyList,
    mapRevision: fields.mapRevision ?? 0,
  };
}

/** Makes a NameCredit: fields that are not given have the value that stands for absent ones. */
export function newNameCredit(fields: Partial<NameCredit> = {}): NameCredit {
  return { name: fields.name ?? 0, window: fields.window ?? 0 };
}

/** Makes a Credit: fields that are not given have the value that stands for absent ones. */
export function newCredit(fields: Partial<Credit> = {}): Credit {
  return {
    window: fields.window ?? 0,
    failing: fields.failing ?? false,
    probes: fields.probes ?? 0,
    names: fields.names ?? emptyList,
  };
}

/** Makes a Schedule: fields that are not given have the value that stands for absent ones. */
export function newSchedule(fields: Partial<Schedule> = {}): Schedule {
  return { dueAtMs: fields.dueAtMs ?? 0, delayMs: fields.delayMs ?? 0, key: fields.key ?? "" };
}

/** Makes a Publish: fields that are not given have the value that stands for absent ones. */
export function newPublish(fields: Partial<Publish> = {}): Publish {
  return {
    name: fields.name ?? 0,
    activityId: fields.activityId ?? emptyBytes,
    deadlineMs: fields.deadlineMs ?? 0,
    request: fields.request ?? 0,
    cause: fields.cause ?? 0,
    replyInstance: fields.replyInstance ?? 0,
    replyRequest: fields.replyRequest ?? 0,
    envelope: fields.envelope ?? emptyBytes,
    replyGuessed: fields.replyGuessed ?? false,
    many: fields.many ?? false,
    more: fields.more ?? false,
    awaiting: fields.awaiting ?? emptyList,
    requester: fields.requester ?? 0,
    lifetimeMs: fields.lifetimeMs ?? 0,
    confirmWithinMs: fields.confirmWithinMs ?? 0,
    derivedId: fields.derivedId ?? false,
    schedule: fields.schedule,
  };
}

/** Makes a TopologyQuery, which has no fields. */
export function newTopologyQuery(): TopologyQuery {
  return {};
}

/** Makes a Leave, which has no fields. */
export function newLeave(): Leave {
  return {};
}

/** Makes an AttachRequest: fields that are not given have the value that stands for absent ones. Its lists are its own: parts can be added to them. */
export function newAttachRequest(fields: Partial<AttachRequest> = {}): AttachRequest {
  return {
    registration: fields.registration,
    credit: fields.credit,
    done: fields.done ?? [],
    settlements: fields.settlements ?? [],
    abandoned: fields.abandoned ?? [],
    firstSequence: fields.firstSequence ?? 0,
    publishes: fields.publishes ?? [],
    topologyQuery: fields.topologyQuery,
    leave: fields.leave,
  };
}

/** Makes a Refusal: fields that are not given have the value that stands for absent ones. */
export function newRefusal(fields: Partial<Refusal> = {}): Refusal {
  return {
    sequence: fields.sequence ?? 0,
    reason: fields.reason ?? "",
    detail: fields.detail ?? "",
    retryAfterMs: fields.retryAfterMs ?? 0,
    facts: fields.facts ?? {},
  };
}

/** Makes an Attached: fields that are not given have the value that stands for absent ones. */
export function newAttached(fields: Partial<Attached> = {}): Attached {
  return {
    protocolVersion: fields.protocolVersion ?? 0,
    epoch: fields.epoch ?? "",
    takenThrough: fields.takenThrough ?? 0,
    refusals: fields.refusals ?? emptyList,
    instance: fields.instance ?? 0,
    maxPayloadBytes: fields.maxPayloadBytes ?? 0,
    agent: fields.agent ?? "",
    undecided: fields.undecided ?? emptyList,
    uncertainThrough: fields.uncertainThrough ?? 0,
    secret: fields.secret ?? emptyBytes,
    renewWithinMs: fields.renewWithinMs ?? 0,
  };
}

/** Makes a RouteSlice_Send: fields that are not given have the value that stands for absent ones. */
export function newRouteSliceSend(fields: Partial<RouteSlice_Send> = {}): RouteSlice_Send {
  return {
    number: fields.number ?? 0,
    name: fields.name ?? "",
    hasReceivers: fields.hasReceivers ?? false,
    durable: fields.durable ?? false,
  };
}

/** Makes a RouteSlice_Receive: fields that are not given have the value that stands for absent ones. */
export function newRouteSliceReceive(fields: Partial<RouteSlice_Receive> = {}): RouteSlice_Receive {
  return {
    number: fields.number ?? 0,
    name: fields.name ?? "",
    durable: fields.durable ?? false,
    concurrency: fields.concurrency ?? 0,
    timeoutMs: fields.timeoutMs ?? 0,
  };
}

/** Makes a RouteSlice: fields that are not given have the value that stands for absent ones. */
export function newRouteSlice(fields: Partial<RouteSlice> = {}): RouteSlice {
  return { revision: fields.revision ?? 0, sends: fields.sends ?? emptyList, receives: fields.receives ?? emptyList };
}

/** Makes a Confirmation: fields that are not given have the value that stands for absent ones. */
export function newConfirmation(fields: Partial<Confirmation> = {}): Confirmation {
  return { first: fields.first ?? 0, last: fields.last ?? 0 };
}

/** Makes a Delivery: fields that are not given have the value that stands for absent ones. */
export function newDelivery(fields: Partial<Delivery> = {}): Delivery {
  return {
    name: fields.name ?? 0,
    activityId: fields.activityId ?? emptyBytes,
    deadlineMs: fields.deadlineMs ?? 0,
    attempt: fields.attempt ?? 0,
    replyInstance: fields.replyInstance ?? 0,
    replyRequest: fields.replyRequest ?? 0,
    request: fields.request ?? 0,
    timestampSeconds: fields.timestampSeconds ?? 0,
    timestampNanos: fields.timestampNanos ?? 0,
    responseTimeNs: fields.responseTimeNs ?? 0,
    isSecurity: fields.isSecurity ?? false,
    envelope: fields.envelope ?? emptyBytes,
    many: fields.many ?? false,
    more: fields.more ?? false,
    awaiting: fields.awaiting ?? emptyList,
    requester: fields.requester ?? 0,
    durableId: fields.durableId ?? 0,
    failures: fields.failures ?? 0,
    lifetimeMs: fields.lifetimeMs ?? 0,
  };
}

/** Makes an Undeliverable: fields that are not given have the value that stands for absent ones. */
export function newUndeliverable(fields: Partial<Undeliverable> = {}): Undeliverable {
  return {
    request: fields.request ?? 0,
    reason: fields.reason ?? "",
    detail: fields.detail ?? "",
    activityId: fields.activityId ?? emptyBytes,
    facts: fields.facts ?? {},
    retryAfterMs: fields.retryAfterMs ?? 0,
  };
}

/** Makes a Translation: fields that are not given have the value that stands for absent ones. */
export function newTranslation(fields: Partial<Translation> = {}): Translation {
  return { public: fields.public ?? "", internal: fields.internal ?? "" };
}

/** Makes a InstanceTopology: fields that are not given have the value that stands for absent ones. */
export function newInstanceTopology(fields: Partial<InstanceTopology> = {}): InstanceTopology {
  return {
    instanceId: fields.instanceId ?? "",
    agent: fields.agent ?? "",
    credit: fields.credit ?? 0,
    inFlight: fields.inFlight ?? 0,
    attachedMs: fields.attachedMs ?? 0,
  };
}

/** Makes a RoleTopology: fields that are not given have the value that stands for absent ones. */
export function newRoleTopology(fields: Partial<RoleTopology> = {}): RoleTopology {
  return {
    role: fields.role ?? "",
    sends: fields.sends ?? emptyList,
    receives: fields.receives ?? emptyList,
    translations: fields.translations ?? emptyList,
    instances: fields.instances ?? emptyList,
    waitingMessages: fields.waitingMessages ?? 0,
    waitingBytes: fields.waitingBytes ?? 0,
  };
}

/** Makes a Topology: fields that are not given have the value that stands for absent ones. */
export function newTopology(fields: Partial<Topology> = {}): Topology {
  return { epoch: fields.epoch ?? "", revision: fields.revision ?? 0, roles: fields.roles ?? emptyList };
}

/** Makes a Move: fields that are not given have the value that stands for absent ones. */
export function newMove(fields: Partial<Move> = {}): Move {
  return { address: fields.address ?? "", withinMs: fields.withinMs ?? 0, detail: fields.detail ?? "" };
}

/** Makes a SettledRun: fields that are not given have the value that stands for absent ones. */
export function newSettledRun(fields: Partial<SettledRun> = {}): SettledRun {
  return { first: fields.first ?? 0, last: fields.last ?? 0 };
}

/** Makes a Wanted: fields that are not given have the value that stands for absent ones. */
export function newWanted(fields: Partial<Wanted> = {}): Wanted {
  return { lanes: fields.lanes ?? 0, names: fields.names ?? emptyList };
}

/** Makes a PartitionMap_Node: fields that are not given have the value that stands for absent ones. */
export function newPartitionMapNode(fields: Partial<PartitionMap_Node> = {}): PartitionMap_Node {
  return {
    name: fields.name ?? "",
    address: fields.address ?? "",
    load: fields.load ?? 0,
    draining: fields.draining ?? false,
  };
}

/** Makes a PartitionMap_HandedOver: fields that are not given have the value that stands for absent ones. */
export function newPartitionMapHandedOver(fields: Partial<PartitionMap_HandedOver> = {}): PartitionMap_HandedOver {
  return { partition: fields.partition ?? 0, from: fields.from ?? 0 };
}

/** Makes a PartitionMap: fields that are not given have the value that stands for absent ones. */
export function newPartitionMap(fields: Partial<PartitionMap> = {}): PartitionMap {
  return {
    revision: fields.revision ?? 0,
    nodes: fields.nodes ?? emptyList,
    owners: fields.owners ?? emptyBytes,
    handedOver: fields.handedOver ?? emptyList,
  };
}

/** Makes an AttachResponse: fields that are not given have the value that stands for absent ones. Its lists are its own: parts can be added to them. */
export function newAttachResponse(fields: Partial<AttachResponse> = {}): AttachResponse {
  return {
    attached: fields.attached,
    routes: fields.routes,
    confirmations: fields.confirmations ?? [],
    refusals: fields.refusals ?? [],
    firstDelivery: fields.firstDelivery ?? 0,
    deliveries: fields.deliveries ?? [],
    undeliverables: fields.undeliverables ?? [],
    topology: fields.topology,
    move: fields.move,
    answered: fields.answered ?? [],
    unwanted: fields.unwanted ?? [],
    settled: fields.settled ?? [],
    wanted: fields.wanted,
    map: fields.map,
    moved: fields.moved ?? [],
  };
}

/** Makes a Envelope: fields that are not given have the value that stands for absent ones. */
export function newEnvelope(fields: Partial<Envelope> = {}): Envelope {
  return {
    id: fields.id ?? emptyBytes,
    responseTo: fields.responseTo ?? emptyBytes,
    auth: fields.auth ?? emptyBytes,
    payload: fields.payload ?? emptyBytes,
    traceparent: fields.traceparent ?? "",
    tracestate: fields.tracestate ?? "",
  };
}
