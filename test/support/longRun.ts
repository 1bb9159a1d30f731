/** Whether tests of faults wait as long as the program does where people use it: `script/test --long`. */
export const isLong = process.env.GHOSTTREE_LONG === '1';
