type Route = (url: string, replace?: boolean) => void;

let route: Route = (url, replace) => (replace ? location.replace(url) : location.assign(url));

/** The frame hands its router over, so that code outside components can lead to a screen. */
export function setRouter(next: Route): void {
  route = next;
}

/** Leads to a screen of the app. */
export function go(path: string): void {
  route(path);
}

/** The same, without a step back to where one was. */
export function replace(path: string): void {
  route(path, true);
}
