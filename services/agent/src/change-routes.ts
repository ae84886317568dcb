import { activationTypes } from '@volact/client/hosts/activation-type'
import type { Scope } from '@volact/client/hosts/scope'
import { choiceField, optionalText, switchField, textField, wrongField } from './request-fields.ts'
import { type Call, type Route, route } from './route.ts'

const scope = ['product', 'application']

/** What only root may ask, by the rights of the other socket. */
export const changeRoutes: readonly Route[] = [
  change('chances', 'POST', '/v1/keys', ['key'], ({ client, fields }) => client.installKey(textField(fields, 'key'))),
  change('knowledge', 'DELETE', '/v1/keys/:product', [], ({ client, product }) => client.removeKey(product)),
  change('knowledge', 'POST', '/v1/activate', ['product', 'host', 'domain', 'dns'], activate),
  change('knowledge', 'POST', '/v1/release', ['product', 'host'], ({ client, fields }) => {
    const { product, host } = { ...optionalText(fields, 'product'), ...optionalText(fields, 'host') }
    return client.release(product, host)
  }),
  change('knowledge', 'POST', '/v1/rearm', ['level', 'product'], rearm),
  change('chances', 'PUT', '/v1/host', ['host', ...scope], (call) => {
    return { host: call.client.setHost(textField(call.fields, 'host'), scopeOf(call)) }
  }),
  change('knowledge', 'DELETE', '/v1/host', scope, (call) => {
    call.client.clearHost(scopeOf(call))
    return {}
  }),
  change('chances', 'PUT', '/v1/domain', ['domain', ...scope], (call) => {
    return { domain: call.client.setDomain(textField(call.fields, 'domain'), scopeOf(call)) }
  }),
  change('knowledge', 'DELETE', '/v1/domain', scope, (call) => {
    call.client.clearDomain(scopeOf(call))
    return {}
  }),
  change('knowledge', 'PUT', '/v1/host-caching', ['caching'], ({ client, fields }) => {
    const caching = switchField(fields, 'caching')
    client.setHostCaching(caching)
    return { caching }
  }),
  change('knowledge', 'PUT', '/v1/activation-type', ['type', ...scope], (call) => {
    const type = choiceField(call.fields, 'type', activationTypes)
    call.client.setActivationType(type, scopeOf(call))
    return { type }
  }),
  route('POST', '/v1/reload', [], ({ reload }) => reload()),
]

function activate({ client, fields }: Call): Promise<object> {
  return client.activate({
    ...{ ...optionalText(fields, 'product'), ...optionalText(fields, 'host') },
    ...{ ...optionalText(fields, 'domain'), ...optionalText(fields, 'dns') },
  })
}

function rearm({ client, fields }: Call): Promise<object> {
  const level = choiceField(fields, 'level', ['machine', 'application', 'product'])
  const product = optionalText(fields, 'product')
  if (level !== 'machine') return client.rearm({ level, ...product })
  if (fields.has('product')) throw wrongField('a rearm of the machine is of all its products: leave "product" out')
  return client.rearm({ level })
}

function scopeOf({ fields }: Call): Scope | undefined {
  const { product, application } = { ...optionalText(fields, 'product'), ...optionalText(fields, 'application') }
  if (product !== undefined && application !== undefined) throw wrongField('name a product or an application, not both')
  if (product !== undefined) return { product }
  return application === undefined ? undefined : { application }
}

/** Also of a change that has failed half way something may be told. */
function change(
  what: Parameters<Call['changed']>[0],
  method: Route['method'],
  path: string,
  takes: readonly string[],
  run: Route['run'],
): Route {
  return route(method, path, takes, async (call) => {
    try {
      const done = await run(call)
      call.changed(what)
      return done
    } catch (error) {
      call.changed('knowledge')
      throw error
    }
  })
}
