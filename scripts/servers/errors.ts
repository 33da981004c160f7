/** An error that a person can mend: printed as one line, without a stack. */
export class ServersError extends Error {
  override name = "ServersError";
}

export class UsageError extends ServersError {
  override name = "UsageError";
}

export class MissingToolError extends ServersError {
  override name = "MissingToolError";
  readonly tool: string;

  constructor(tool: string, install: string, purpose: string) {
    super(`\`${tool}\` is not on the PATH; it is needed to ${purpose}: install ${install}`);
    this.tool = tool;
  }
}

export class InstallError extends ServersError {
  override name = "InstallError";
}

/** The server ended, or did not become ready in time; its log says why. */
export class StartError extends ServersError {
  override name = "StartError";
}
