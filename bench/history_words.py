"""The words of bench/history.py's conversations and people."""

QUESTIONS = [
    "Hello, is the blue one there in size M?",
    "When would it arrive if I order today?",
    "My parcel has been in the depot for three days and the tracking page shows nothing new.",
    "I was charged twice for the same order.",
    "Can I still change the delivery address?",
    "The zip broke on the second day, what can you do about it?",
    "Do you ship to Norway?",
    "The discount code from the newsletter doesn't work.",
    "I'd like to return two of the four shirts. How do I print the label?",
    "Which washing programme is right for wool?",
    "Thanks, that's all I wanted to know!",
    "I can't sign in: the password reset email never arrives.",
    "Is there a gift card for an amount of my own?",
    "The invoice has the wrong company name on it.",
    "Could you hold one in the Berlin store until Saturday?",
    "How long is the warranty for the boots?",
    "It says in stock, but the basket refuses it.",
    "Yes, that would be great.",
    "No, I've already tried that with a different browser.",
    "The colour looks completely different from the picture.",
    "Please cancel the order, I found it elsewhere.",
    "Who do I talk to about a wholesale account?",
    "I need it before the 14th, it's a birthday present.",
    "Okay, I'll wait for your email then.",
]
ANSWERS = [
    "Hi, thanks for writing! Let me look that up for you.",
    "Yes, we have it, and it leaves the warehouse this afternoon.",
    "It usually takes two to three working days.",
    "I'm sorry about that. I've asked the carrier and will come back to you today.",
    "The second charge is only a reservation; your bank releases it within five days.",
    "I've changed the address. You'll get a new confirmation in a minute.",
    "We'll replace it. Could you send us a photo of the zip?",
    "We do, the shipping costs are shown before you pay.",
    "The code was valid until Sunday, but I've added the discount to your order by hand.",
    "The label is attached to the email I've just sent you.",
    "Thirty degrees, wool programme, no tumble dryer.",
    "You're welcome. Have a good day!",
    "I've sent the reset link again. Please look in the spam folder too.",
    "Yes, from 10 to 500 euros.",
    "Here is the corrected invoice.",
    "It's waiting for you at the counter under your name.",
    "Two years on the soles and one on everything else.",
    "That was a mistake on our page, it should work now.",
    "Refund approved by the team lead, see the ticket of last week.",
    "Customer called as well, sounds annoyed. Answer quickly, please.",
    "The order is cancelled and the money is on its way back.",
    "I've passed you on to our wholesale team, they answer within a day.",
    "Express delivery makes it, I've upgraded it free of charge.",
    "Is there anything else I can help you with?",
]
FIRST_NAMES = [
    *("Ada", "Ben", "Clara", "David", "Elif", "Frank", "Greta", "Hugo", "Ines", "Jonas"),
    *("Karim", "Lena", "Marta", "Noah", "Olga", "Paul", "Rosa", "Samir", "Tilda", "Yuki"),
]
LAST_NAMES = [
    *("Andersen", "Becker", "Costa", "Diallo", "Eriksen", "Fischer", "Garcia", "Haddad"),
    *("Ivanova", "Jensen", "Kowalski", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov"),
    *("Quinn", "Rossi", "Sato", "Tanaka", "Ueda", "Varga", "Weber", "Yilmaz", "Zeman"),
]
INBOXES = ["Shop", "Returns", "Wholesale", "Stores", "Outlet", "Press", "Careers", "Partners"]
LABELS = [
    *("Bug", "Question", "Order", "Delivery", "Return", "Refund", "Invoice", "Complaint"),
    *("Praise", "Account", "Voucher", "Wholesale", "VIP", "Beta", "Follow up", "Carrier"),
    *("Damaged", "Wrong size", "Warranty", "Press", "Spam", "Legal", "Partner", "Trial"),
]
TEAMS = ["Support", "Orders", "Billing", "Logistics", "Sales", "Escalations"]
