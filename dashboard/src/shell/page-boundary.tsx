import { Component, type ReactNode } from "react";
import { renewIfOutdated } from "./renewal.ts";

interface PageBoundaryProps {
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
    void renewIfOutdated();
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
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
