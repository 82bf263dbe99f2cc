// Decides calls by the policies of a role and of a resource. JSON on standard input:
//   { policies: { NAME: policy… }, calls: [{ principal, action, resource, context, identity, own, mode }] }
// `identity` lists the names of the principal's policies, `own` names that of the resource, if it has one. `mode` is
// `Strict`, in which the context is all that there is, or `Discovery`, in which unknown condition keys may have any value.
// Standard output: one word per call, `Allowed`, `ImplicitlyDenied`, `ExplicitlyDenied`, or what is wrong with the call.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { text } from 'node:stream/consumers'

const { account, policies, calls } = JSON.parse(await text(process.stdin))

async function decide({ principal, action, resource, context, identity, own, mode }) {
  const simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: identity.map((name) => ({ name, policy: policies[name] })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: own === null ? undefined : policies[own],
  }
  const found = await runSimulation(simulation, { simulationMode: mode })
  return found.resultType === 'error' ? `error: ${JSON.stringify(found.errors)}` : found.overallResult
}

const words = []
for (const call of calls) words.push(await decide(call))
process.stdout.write(JSON.stringify(words))
