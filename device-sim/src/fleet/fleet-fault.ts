/** Something in a fleet that its schema does not see. */
export class FleetFault extends Error {
  /** A JSON Pointer. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
