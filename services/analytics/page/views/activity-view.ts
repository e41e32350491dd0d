import { useEffect, useMemo, useState } from "preact/hooks";
import type { Activity, MessageRecord } from "../../src/core/activity.ts";
import { useAnswer } from "../data/live.ts";
import { go, hrefOf } from "../data/route.ts";
import { useSize } from "../data/size.ts";
import { html } from "../html.ts";
import { bytes, duration, outcome, timeOfDay } from "../model/format.ts";
import { sequenceOf } from "../model/sequence.ts";
import { Command } from "../parts/command.ts";
import { Empty } from "../parts/empty.ts";
import { Json } from "../parts/json.ts";
import { SequenceDrawing } from "./sequence-drawing.ts";
import type { ViewProps } from "./shared.ts";

/** How often an activity that may go on is looked at, in milliseconds. */
const refreshMs = 1_500;

/** One activity, as a diagram in time. */
export function ActivityView({ id, places, query }: ViewProps & { id: string }) {
  const [isQuiet, setQuiet] = useState(false);
  const { value: activity, problem } = useAnswer<Activity>(
    `/api/activities/${encodeURIComponent(id)}`,
    isQuiet ? 0 : refreshMs,
  );
  useEffect(() => {
    // What has been quiet for ten seconds is looked at no more.
    if (activity) setQuiet(Date.now() - activity.last > 10_000);
  }, [activity]);
  const selected = query.message === undefined ? undefined : Number(query.message);
  const select = (index: number | undefined) =>
    go(hrefOf(["activities", id], { message: index === undefined ? undefined : String(index) }), true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      if (selected === undefined) go(hrefOf(["activities"]));
      else select(undefined);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  if (problem)
    return html`<h1 class="unseen">Activity</h1><${Empty} title=${problem.status === 404 ? "No such activity" : "It cannot be shown"}>${problem.message} <a href="#/activities">All activities</a><//>`;
  if (!activity) return null;
  const message = selected === undefined ? undefined : activity.messages[selected];
  return html`
    <section class="activity" aria-label="Activity">
      <${Summary} activity=${activity} />
      <${Diagram} activity=${activity} selected=${selected} onSelect=${select} />
      <${Command} shown=${{ view: "activity", id }} places=${places} />
    </section>
    <aside class="panel" aria-label="Message">
      ${message ? html`<${MessagePanel} message=${message} start=${activity.at} onClose=${() => select(undefined)} />` : html`<${MessageList} activity=${activity} onSelect=${select} />`}
    </aside>
  `;
}

function Summary({ activity }: { activity: Activity }) {
  const { id, at, last, messages, omitted, errors, retries } = activity;
  const [first] = messages;
  return html`
    <div class="summary">
      <a class="back" href="#/activities" aria-label="All activities"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3 5 8l5 5" /></svg></a>
      <div>
        <h1 class="mono">${first?.name ?? id}</h1>
        <p>${first?.from ? `begun by ${first.from} at ` : "at "}<time datetime=${new Date(at).toISOString()}>${timeOfDay(at, 3)}</time> · <a class="mono" href=${hrefOf(["activities", id])} title="Address of this activity">${id}</a></p>
      </div>
      <ul class="tags">
        <li class="tag">${duration(last - at)}</li>
        <li class="tag">${messages.length + omitted} messages</li>
        ${retries > 0 && html`<li class="tag slow">${retries} ${retries === 1 ? "retry" : "retries"}</li>`}
        ${errors > 0 && html`<li class="tag bad">${errors} failed</li>`}
        ${omitted > 0 && html`<li class="tag slow">${omitted} not kept</li>`}
      </ul>
    </div>
  `;
}

function Diagram({
  activity,
  selected,
  onSelect,
}: {
  activity: Activity;
  selected: number | undefined;
  onSelect: (index: number) => void;
}) {
  const { ref, size } = useSize<HTMLDivElement>();
  const sequence = useMemo(
    () => (size.width > 0 ? sequenceOf(activity, size.width) : undefined),
    [activity, size.width],
  );
  return html`
    <div class="diagram" ref=${ref} tabindex="0" role="group" aria-label="Who sent what to whom, from top to bottom in time">
      ${sequence && html`<${SequenceDrawing} sequence=${sequence} selected=${selected} onSelect=${onSelect} />`}
      <ul class="legend" aria-hidden="true">
        <li><i class="waiting" />waiting</li><li><i class="handling" />handling</li><li><i class="retry" />taken back</li><li><i class="bad" />failed</li><li><i class="reply" />reply</li>
      </ul>
    </div>
  `;
}

function MessageList({ activity, onSelect }: { activity: Activity; onSelect: (index: number) => void }) {
  return html`
    <h2>Messages</h2>
    <ol class="messages-list">
      ${activity.messages.map(
        (message, index) => html`
          <li key=${index}>
            <button type="button" class=${stateOf(message)} onClick=${() => onSelect(index)}>
              <span class="num">+${duration(message.at - activity.at)}</span>
              <span class="what"><b class="mono">${message.name}</b><small>${message.from ?? "ExoCom"} → ${message.copies.map(({ to }) => to).join(", ") || "nobody"}</small></span>
              <span class="end">${endOf(message)}</span>
            </button>
          </li>
        `,
      )}
    </ol>
  `;
}

function MessagePanel({ message, start, onClose }: { message: MessageRecord; start: number; onClose: () => void }) {
  const {
    from,
    instance,
    name,
    sentAs,
    at,
    id,
    responseTo,
    payload,
    payloadBytes,
    auth,
    refused,
    copies,
    bytes: size,
  } = message;
  const fact = (label: string, value: unknown) => value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`
    <div class="title"><h2 class="mono">${name}</h2><button class="icon" type="button" onClick=${onClose} aria-label="Close"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg></button></div>
    ${refused && html`<p class="problem" role="alert"><b>${outcome(refused.reason)}</b> ${refused.detail}</p>`}
    ${copies.map((copy) => html`<${CopyFacts} key=${copy.to} copy=${copy} name=${name} start=${start} />`)}
    <h3>Payload <small>${payloadBytes !== undefined ? bytes(payloadBytes) : ""}</small></h3>
    ${payload ? html`<${Json} text=${payload} label="Payload" />` : html`<p class="note">${payloadBytes ? "Not kept: the dashboard runs without payloads." : "none"}</p>`}
    ${payload && payloadBytes !== undefined && payloadBytes > new TextEncoder().encode(payload).length + 8 && html`<p class="note">Only the beginning is kept.</p>`}
    ${auth && html`<h3>Auth</h3><${Json} text=${auth} label="Auth" />`}
    <h3>Message</h3>
    <dl class="facts">
      ${fact("sent by", html`${from ?? "ExoCom"}${instance ? html` <small class="mono">${instance}</small>` : ""}`)}
      ${fact("sent as", sentAs && sentAs !== name && html`<span class="mono">${sentAs}</span>`)}
      ${fact("after", duration(at - start))}
      ${fact("id", id && html`<span class="mono">${id}</span>`)}
      ${fact("replies to", responseTo && html`<span class="mono">${responseTo}</span>`)}
      ${fact("waits for a reply", message.isRequest && "yes")}
      ${fact("size", bytes(size))}
    </dl>
  `;
}

function CopyFacts({ copy, name, start }: { copy: MessageRecord["copies"][number]; name: string; start: number }) {
  const { to, name: receivedAs, attempts, outcome: ended, detail } = copy;
  const state = ended === undefined ? "idle" : ended === "ok" ? "fine" : "bad";
  return html`
    <div class=${`copy ${state}`}>
      <h3>to ${to}${receivedAs && receivedAs !== name ? html` <small>as <span class="mono">${receivedAs}</span></small>` : ""} <span class=${`tag ${state}`}>${ended === undefined ? "under way" : outcome(ended)}</span></h3>
      ${detail && html`<p>${detail}</p>`}
      <ol>
        ${attempts.map(
          ({ at, instance, waitedMs, endedAt, outcome: how, detail: why }, index) => html`
            <li key=${index} class=${how === undefined ? "idle" : how === "ok" ? "fine" : how === "retry" || how === "returned" ? "slow" : "bad"}>
              <b>${attempts.length > 1 ? `attempt ${index + 1}` : "delivered"}</b> at +${duration(at - start)}, ${index === 0 ? `waited ${duration(waitedMs)}, ` : ""}${endedAt === undefined ? "not settled yet" : `handled in ${duration(endedAt - at)}`}${how && how !== "ok" ? `: ${outcome(how)}` : ""}
              ${why && why !== detail && html`<p>${why}</p>`}
              <small class="mono">${instance}</small>
            </li>
          `,
        )}
      </ol>
    </div>
  `;
}

function stateOf({ refused, copies }: MessageRecord): string {
  if (refused || copies.some(({ outcome: ended }) => ended !== undefined && ended !== "ok")) return "bad";
  return copies.some(({ attempts }) => attempts.length > 1) ? "slow" : "fine";
}

function endOf({ refused, copies }: MessageRecord): string {
  if (refused) return outcome(refused.reason);
  const failed = copies.find(({ outcome: ended }) => ended !== undefined && ended !== "ok");
  if (failed?.outcome) return outcome(failed.outcome);
  return copies.some(({ attempts }) => attempts.length > 1) ? "done again" : "";
}
