export { default as Company } from './company';
export { default as Done } from './done';
export { default as Extras } from './extras';
export { Nobody } from './nobody';
export { offerOthers } from './others';
export { default as TextSheet } from './text-sheet';
export { default as Troubles } from './troubles';
