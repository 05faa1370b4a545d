"""Lyra, a card processor (api-payment/V4): payments in its forms, and by saved cards without them."""
