// Which mediums can carry a message in this installation, judged by the configuration alone.
// The channels themselves are opened in open.ts.

import type { Medium } from '../../core/mediums.ts'

/** The parts of the configuration that decide it: a provider's part is undefined when its credentials are not set. */
export interface MediumConfig {
  production: boolean
  wechat: object | undefined
  twilio: object | undefined
  wechaty: object | undefined
}

/** The media that can carry a message here. In production a medium without credentials is closed: a sandbox there would be a false "served". */
export function openMediums(config: MediumConfig): ReadonlySet<Medium> {
  const mediums: Medium[] = ['clerk']
  if (config.wechat !== undefined || !config.production) mediums.push('wechat')
  if (config.twilio !== undefined || !config.production) mediums.push('sms')
  if (config.twilio === undefined && !config.production) mediums.push('voice')
  if (config.wechaty !== undefined) mediums.push('wechaty')
  return new Set(mediums)
}
