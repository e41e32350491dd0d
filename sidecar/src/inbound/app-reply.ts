import { type Draft, givenMember, Refusal, replyOfMembers } from "@exosphere/message";
import { jsonMistake, rawElements, rawMembers } from "@exosphere/message/json";

/**
 * The replies in the answer of an app: `{"reply": {"name", "payload"?}}` or `{"replies": […]}`. Any other body has none.
 * Payloads keep their exact bytes. Throws a Refusal if there are replies, but one is malformed, or if the body is no JSON
 * although the app says that it is: what it meant to reply is lost.
 */
export function repliesOf(body: Buffer, isJson = false): Draft[] {
  if (body.length === 0) return [];
  const mistake = jsonMistake(body);
  if (mistake !== undefined) {
    if (isJson) throw new Refusal(`The app's answer is not the JSON that its Content-Type says: ${mistake}`);
    return [];
  }
  const members = rawMembers(body);
  const one = members && givenMember(members, "reply");
  const many = members && givenMember(members, "replies");
  if (one) return [replyOfMembers(rawMembers(one))];
  if (!many) return [];
  const elements = rawElements(many);
  if (!elements) throw new Refusal("'replies' in the app's answer must be an array of messages.");
  return elements.map((element) => replyOfMembers(rawMembers(element)));
}
