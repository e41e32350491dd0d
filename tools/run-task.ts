// Runs a task by its name; run.mjs starts this with a Node that knows TypeScript.
import { taskList, tasks } from "./tasks.ts";

const [name = "", ...args] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (task) await task.run(args);
else {
  console.error(`There is no task '${name}'.\n\n${taskList()}`);
  process.exitCode = 64;
}
