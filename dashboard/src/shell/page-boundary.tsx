import { Component, type ReactNode } from "react";
import { CodeNotice } from "../design/code-notice.tsx";
import { CodeError } from "../design/late-code.tsx";
import { renewIfOutdated } from "./renewal.ts";

interface PageBoundaryProps {
  /** Beside what a person may have typed, which would go if the page loaded itself anew. */
  readonly isBeside?: boolean;
  readonly children: ReactNode;
}

/** A defect of one page leaves the others in reach. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly problem?: Error }> {
  override state: { readonly problem?: Error } = {};

  static getDerivedStateFromError(problem: Error): { readonly problem: Error } {
    return { problem };
  }

  /** A page whose script is gone is one of a former release. */
  override componentDidCatch(): void {
    if (this.props.isBeside !== true) void renewIfOutdated();
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    if (problem instanceof CodeError) {
      return (
        <div className="notice critical" role="alert">
          <CodeNotice />
        </div>
      );
    }
    return (
      <div className="notice critical" role="alert">
        <p>This page has failed: {problem.message}</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load it anew
        </button>
      </div>
    );
  }
}
