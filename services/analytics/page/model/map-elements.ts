import type { EdgeView, RoleView } from "../../src/core/bus-view.ts";

/** A role on the map, in pixels; x and y of its corner. */
export interface MapNode {
  readonly role: RoleView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a message fares. */
export type Health = "idle" | "fine" | "slow" | "bad";

/** A message on the map. */
export interface MapEdge {
  readonly key: string;
  readonly edge: EdgeView;
  readonly health: Health;
  readonly path: string;
  /** Of its stroke, in pixels. */
  readonly width: number;
  /** Where its label is centred, and what it has room to say; `rate` is empty where there is none for it. */
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly text: string;
    readonly rate: string;
  };
}

/** Messages between two roles of which none was sent yet, drawn as one. */
export interface QuietBundle {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly names: readonly string[];
  readonly path: string;
  readonly label: { readonly x: number; readonly y: number; readonly width: number; readonly text: string };
}

/** The map, ready to be drawn. */
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly isVertical: boolean;
  /** Many roles: small cards, and names of messages only where somebody looks. */
  readonly isCrowd: boolean;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly quiet: readonly QuietBundle[];
}

/** What is drawn between two roles as one. */
export interface Lane {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly edge?: EdgeView;
  readonly names?: readonly string[];
}
