import { createServer } from 'node:net';
import { type Finding, ok, type Patient, wrong } from './finding.js';

/** Variables that name a port to listen on. */
const PORTS = ['PORT', 'OPERATIONS_PORT'];

/** Whether the ports that ghosttree listens on are free; they are not while it runs. */
export async function checkPorts({ variables }: Patient): Promise<Finding[]> {
  const ports = PORTS.flatMap((name) => {
    const port = Number(variables[name]);
    return variables[name]?.trim() && port > 0 ? [{ name, port }] : [];
  });
  return Promise.all(ports.map(look));
}

async function look({ name, port }: { name: string; port: number }): Promise<Finding> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return ok(`${name}: port ${port} is free`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES')
      return wrong(`${name}: port ${port} may not be listened on`, `set ${name} to 1024 or more`);
    const remedy = `nothing, if that is ghosttree itself; else set ${name} to another`;
    return { state: 'warning', what: `${name}: port ${port} is used by a program (${code})`, remedy };
  }
}
