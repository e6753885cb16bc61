import { spawn } from "node:child_process";

const [signal = "SIGTERM", command = "", ...args] = process.argv.slice(2);

const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
const stop = () => child.kill(signal as NodeJS.Signals);

for (const event of ["SIGTERM", "SIGINT", "disconnect"]) process.on(event, stop);
child.on("error", (error) => {
  process.stderr.write(`${command} could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, killedBy) => {
  if (killedBy !== null && killedBy !== signal) process.stderr.write(`${command} was ended by ${killedBy}\n`);
  // Without a supervisor, nothing else ends the command's processes.
  if (!process.connected) process.kill(-process.pid, "SIGKILL");
  process.exit(code ?? 1);
});
