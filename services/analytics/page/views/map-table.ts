import type { BusView } from "../../src/core/bus-view.ts";
import { hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { duration, percent, rate } from "../model/format.ts";

/** The map as tables: the same roles and messages, for those who do not see it, and for looking up. */
export function MapTable({ bus: { roles, edges } }: { bus: BusView }) {
  return html`
    <details class="as-table">
      <summary>As a table</summary>
      <div class="scrolled" tabindex="0" role="group" aria-label="Roles and messages as tables">
        <table class="messages">
          <caption>Roles</caption>
          <thead><tr><th scope="col">Role</th><th scope="col" class="num">Instances</th><th scope="col" class="num">Received</th><th scope="col" class="num">Sent</th><th scope="col" class="num">Waiting</th></tr></thead>
          <tbody>
            ${roles.map(
              ({ role, instances, receivedRate, sentRate, waiting, oldestMs }) => html`
                <tr key=${role}>
                  <th scope="row"><a href=${hrefOf(["map"], { role })}>${role}</a></th>
                  <td class="num">${instances.length}</td>
                  <td class="num">${rate(receivedRate)}/s</td>
                  <td class="num">${rate(sentRate)}/s</td>
                  <td class="num">${waiting === 0 ? "–" : `${waiting}, ${duration(oldestMs)}`}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
        <table class="messages">
          <caption>Messages</caption>
          <thead><tr><th scope="col">Message</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Rate</th><th scope="col" class="num">Failed</th></tr></thead>
          <tbody>
            ${edges.map(
              ({ name, from, to, rate: perSecond, errorShare }) => html`
                <tr key=${`${from} ${to} ${name}`}>
                  <th scope="row"><a href=${hrefOf(["map"], { from, to, name })}>${name}</a></th>
                  <td>${from}</td>
                  <td>${to}</td>
                  <td class="num">${rate(perSecond)}/s</td>
                  <td class="num">${errorShare === 0 ? "–" : percent(errorShare)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}
