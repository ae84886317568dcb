/** How a command ends, beside the exit statuses of the error table. Never 1, which says nothing. */
export const exitStatus = { done: 0, usage: 2, refused: 10, bug: 70, interrupted: 130 } as const
