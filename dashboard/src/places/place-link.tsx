import type { ReactNode } from "react";
import { Link } from "wouter";
import { useMay } from "../sign-in/session.ts";
import { needsOf } from "./needs.ts";

interface PlaceLinkProps {
  readonly href: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link from one part of the page to another; to whoever would see nothing there, its words alone. */
export function PlaceLink({ href, className, children }: PlaceLinkProps) {
  const may = useMay();
  if (!may(...needsOf(href))) return <span className={className}>{children}</span>;
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  );
}
