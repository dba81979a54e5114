// Node and its kin: `node script.js <job>` prints the answer.
import { perform } from "../../threads/tasks.js";

console.log(JSON.stringify(await perform(JSON.parse(process.argv[2] as string))));
