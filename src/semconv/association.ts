/** Attribute names of whose run it is, by the neutral record's members. */
export const ASSOCIATION = {
  userId: "user.id",
  sessionId: "session.id",
  tenant: "langchain.tenant",
  tags: "langchain.tags",
  promptName: "langchain.prompt.name",
  promptVersion: "langchain.prompt.version",
  agentRole: "langchain.agent.role",
  workflowVersion: "langchain.workflow.version",
  workflowVariant: "langchain.workflow.variant",
  compliance: "langchain.compliance",
} as const;

/** What the application allows beside, and is no name with a dot of its own. */
export const ASSOCIATION_PREFIX = "langchain.association.";

/** What the `association` option allows, and how metadata and baggage spell it. */
export const SPELLINGS = {
  userId: ["user_id", "userId", "user.id", "user"],
  sessionId: ["session_id", "sessionId", "session.id", "session"],
  tenant: ["tenant", "tenant_id", "tenantId", "tenant.id"],
  tags: ["tags"],
  promptName: ["prompt_name", "promptName", "prompt.name", "gen_ai.prompt.name"],
  promptVersion: ["prompt_version", "promptVersion", "prompt.version", "gen_ai.prompt.version"],
} as const;

/** The same of what needs no leave: no names of people, but what the application says of its own parts. */
export const OWN_SPELLINGS = {
  agentRole: ["agent_role", "agentRole", "agent.role", "role"],
  workflowVersion: ["workflow_version", "workflowVersion", "workflow.version"],
  workflowVariant: ["workflow_variant", "workflowVariant", "workflow.variant", "variant"],
  compliance: ["compliance"],
} as const;
