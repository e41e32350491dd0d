export { type CatalogueEntry, catalogue, isReason, type Reason } from "./catalogue.ts";
export { ExoError, type ExoErrorOptions, type Facts } from "./exo-error.ts";
export {
  type AdminServiceServer,
  AdminServiceService,
  GetTopologyRequest,
  GetTopologyResponse,
} from "./gen/exosphere/exocom/v1/admin.ts";
export {
  Attached,
  AttachRequest,
  AttachResponse,
  type BrokerServiceServer,
  BrokerServiceService,
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
  RenewRequest,
  RenewResponse,
  RouteSlice,
  RouteSlice_Receive,
  RouteSlice_Send,
  Schedule,
  SettledRun,
  Settlement,
  Settlement_Outcome,
  TopologyQuery,
  Undeliverable,
  Wanted,
} from "./gen/exosphere/exocom/v1/attach.ts";
export { PartitionMap, PartitionMap_HandedOver, PartitionMap_Node } from "./gen/exosphere/exocom/v1/partition_map.ts";
export {
  OutcomeCount,
  ReceivedStats,
  RoleStats,
  SentStats,
  WatchStatsRequest,
  WatchStatsResponse,
} from "./gen/exosphere/exocom/v1/stats.ts";
export { TapEvent, TapEvent_Kind, TapRequest, TapResponse } from "./gen/exosphere/exocom/v1/tap.ts";
export { InstanceTopology, RoleTopology, Topology, Translation } from "./gen/exosphere/exocom/v1/topology.ts";
export {
  emptyBytes,
  emptyList,
  newAttached,
  newAttachRequest,
  newAttachResponse,
  newConfirmation,
  newCredit,
  newDelivery,
  newEnvelope,
  newInstanceTopology,
  newLeave,
  newMove,
  newNameCredit,
  newPartitionMap,
  newPartitionMapHandedOver,
  newPartitionMapNode,
  newPublish,
  newRefusal,
  newRegistration,
  newRoleTopology,
  newRouteSlice,
  newRouteSliceReceive,
  newRouteSliceSend,
  newSchedule,
  newSettledRun,
  newSettlement,
  newTopology,
  newTopologyQuery,
  newTranslation,
  newUndeliverable,
  newWanted,
} from "./gen/factories.ts";
export { errorOfProblem, type Problem, problemMediaType, problemOf, retryMsOf } from "./problem.ts";
export {
  describeProtocol,
  oldestProtocolVersion,
  protocolVersion,
} from "./protocol-version.ts";
export { decodeStatusDetails, encodeStatusDetails, statusDetailsTrailer } from "./status-details.ts";
