/** What a screen gets from its address: the named parts as props of their own, and what stands behind the `?`. */
export type ScreenProps<Part extends string = never> = Readonly<Record<Part, string>> & {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
};
