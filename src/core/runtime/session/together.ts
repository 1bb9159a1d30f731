/** Something that can be closed. */
interface Closable {
  close(): unknown;
}

/** Resources that are closed together. */
export class Opened {
  private readonly resources: Closable[] = [];

  /** Adds a resource that `close` will close. @throws what opening it throws */
  async add<Resource extends Closable>(opening: Resource | Promise<Resource>): Promise<Resource> {
    const resource = await opening;
    this.resources.push(resource);
    return resource;
  }

  /** Closes everything, last first; a failure does not keep the others open. @throws the first failure */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const resource of this.resources.splice(0).reverse()) {
      try {
        await resource.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Opens one thing after the other; where one fails, those before it are closed.
 *
 * @throws what failed
 */
export async function openTogether<Result>(open: (opened: Opened) => Promise<Result>): Promise<Result> {
  const opened = new Opened();
  try {
    return await open(opened);
  } catch (error) {
    await opened.close().catch(() => {});
    throw error;
  }
}
