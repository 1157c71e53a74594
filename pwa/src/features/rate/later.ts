/** What is fetched as soon as the first card stands: it opens over the cards, or comes after them. */
export const later = () => import('./later-parts');
