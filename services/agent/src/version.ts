/** The version of the agent, as its health says it. */
export const agentVersion = '0.1.0'
