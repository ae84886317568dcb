import { azureForm } from './azure.ts'
import { cloudflareForm } from './cloudflare.ts'
import type { FormInput } from './form-input.ts'
import { nsupdateForm } from './nsupdate.ts'
import { powershellForm } from './powershell.ts'
import { route53Form } from './route53.ts'
import { zoneForm } from './zone-file.ts'

/** The name of a form: whom it is for. */
export type FormName = 'zone' | 'powershell' | 'route53' | 'azure' | 'cloudflare' | 'bind-nsupdate'

/** The forms in which records can be shown. */
export const forms: Readonly<Record<FormName, (input: FormInput) => string>> = {
  zone: zoneForm,
  powershell: powershellForm,
  route53: route53Form,
  azure: azureForm,
  cloudflare: cloudflareForm,
  'bind-nsupdate': nsupdateForm,
}
