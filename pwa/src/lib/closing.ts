import { useEffect, useRef, useState } from 'preact/hooks';

/** As long as a sheet needs to leave the screen. */
const LEAVE_MS = 240;

/**
 * For a sheet that exists only while it is shown: lets it leave first, which also gives the focus back to where it
 * came from, and takes it away after that.
 */
export function useClosing(onClosed: () => void): { open: boolean; close: () => void } {
  const [open, setOpen] = useState(true);
  const latest = useRef(onClosed);
  latest.current = onClosed;
  useEffect(() => {
    if (open) return;
    const timer = setTimeout(() => latest.current(), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [open]);
  return { open, close: () => setOpen(false) };
}
