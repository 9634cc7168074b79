import testing from './testing.js';

export const { Registrar } = testing;
export default testing;
